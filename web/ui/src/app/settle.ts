/** How long a button that does something else now is disabled, in ms, so that no click hits what was not aimed at. */
export const settleTime = 300;

/** How long an accepted wish is shown before the view is believed instead, in ms. */
export const settleLimit = 3_000;
