/** Of pages and tabs that are read or filled in rather than looked over, in pixels: as wide as lines are still read with ease. */
export const FORM_WIDTH = 720;
