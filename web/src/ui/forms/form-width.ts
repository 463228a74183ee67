/** Of tabs that are filled in rather than looked over, in pixels: as wide as lines are still read with ease. */
export const FORM_WIDTH = 760;
