/** What calls are looked for by in the activity: text and the name of a tool, in characters, and how long they took. */
export const LONGEST_SEARCH = 200;
export const LONGEST_TOOL_NAME = 100;
export const LONGEST_DURATION_MS = 600_000;
