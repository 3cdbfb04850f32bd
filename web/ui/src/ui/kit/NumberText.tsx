import { numberGroups } from '../../text/format';

/** A telephone number that reads in groups and copies in one piece. */
export function NumberText({ number }: { number: string }) {
  return (
    <span class="number">
      {numberGroups(number).map((group, i) => (
        <span key={i}>{group}</span>
      ))}
    </span>
  );
}
