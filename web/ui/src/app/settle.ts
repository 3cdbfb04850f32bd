/** How long a button that does something else now is disabled, in ms, so that no click hits what was not aimed at. */
export const settleTime = 300;
