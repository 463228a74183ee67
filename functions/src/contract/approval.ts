/** Who has to say yes to an order. */

/** `owner`: a person says yes on a page. `model`: the model says yes by a second call. `none`: sent at once. */
export const APPROVAL_MODES = ['none', 'model', 'owner'] as const;

/** Who has to say yes to an order; of two, the later one is the stricter. */
export type ApprovalMode = (typeof APPROVAL_MODES)[number];
