import type { CallSource } from '@ibkr-gateway/functions/contract/audit';
import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { type ApprovalMode, usualApproval } from '@ibkr-gateway/functions/contract/rules/approval';

export const APPROVAL_WORDS: Record<ApprovalMode, { label: string; description: string }> = {
  owner: {
    label: 'You, for every order',
    description:
      'Nothing is sent until you approve that very order on a page of this gateway, within 15 minutes. The safest; nothing trades while you sleep.',
  },
  model: {
    label: 'The assistant that asks for it',
    description:
      'It is shown cost and warnings first and confirms in a second step. A check against slips, not against an assistant that was talked into something.',
  },
  none: {
    label: 'Nobody',
    description:
      'Orders go out at once, within your limits. For programs whose code you know; only the limits stand between a mistake and your money.',
  },
};

/** Who says yes on a connection to the orders of a host or a program that has no rule of its own. */
export function approvalOn({ approval, mode }: Connection, source: CallSource): ApprovalMode {
  return approval ?? usualApproval(mode, source);
}

/** What is usual where the owner of a connection set nothing. */
export function usualApprovalWords(mode: Connection['mode']): { label: string; description: string } {
  return {
    label: 'The usual rule',
    description:
      mode === 'live'
        ? 'You approve the orders of AI hosts; API keys send theirs at once.'
        : 'AI hosts confirm their own orders; API keys send theirs at once.',
  };
}

/** What a form calls an approval rule; `usual` is its name for that nothing is set. */
function approvalName(approval: ApprovalMode | null, usual: string): string {
  return approval === null ? usual : APPROVAL_WORDS[approval].label;
}

/** What differs, for a list of changes: `Approval: “Nobody” instead of “The usual rule”`. */
export function approvalChanges(
  before: ApprovalMode | null,
  after: ApprovalMode | null,
  usual: string,
): string[] {
  if (before === after) return [];
  return [`Approval: “${approvalName(after, usual)}” instead of “${approvalName(before, usual)}”`];
}
