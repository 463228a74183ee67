/** What a credential allows. */

export const SCOPES = ['read', 'write'] as const;

/** What a credential allows. `write` includes `read`. */
export type Scope = (typeof SCOPES)[number];
