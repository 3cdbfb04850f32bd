/** The key that does the same as the button it is on. */
export function Keycap({ children }: { children: string }) {
  return <kbd class="keycap">{children}</kbd>;
}
