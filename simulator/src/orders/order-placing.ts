import { randomUUID } from 'node:crypto';
import type { AccountBook } from '../accounts/account-book.ts';
import type { OrderDraft } from '../session/session-state.ts';
import type { Matching } from './matching.ts';
import type { Order, StatusChange } from './order.ts';
import { rejection } from './order-ticket.ts';

export function findParent(account: AccountBook, cOID: string): Order | undefined {
  return [...account.orders.values()].findLast((order) => order.terms.cOID === cOID);
}

/**
 * Places the orders of one request with their links: children under the parent whose client order id they name,
 * members of a group in one.
 * @returns children first, as IBKR answers.
 */
export function placeDrafts(
  matching: Matching,
  account: AccountBook,
  drafts: readonly OrderDraft[],
  extras: { isFromElsewhere?: boolean; changes?: () => readonly StatusChange[] | undefined } = {},
): Order[] {
  const groupId = `group-${randomUUID()}`;
  const origin = { isFromElsewhere: extras.isFromElsewhere ?? false };
  const place = (draft: OrderDraft, links: { parentId?: number; ocaGroup?: string }) => {
    const changes = extras.changes?.();
    return matching.place({ account, terms: draft.terms, ...origin, ...links, ...(changes && { changes }) });
  };
  const parents = drafts.filter(({ parentCOID }) => parentCOID === undefined);
  const children = drafts.filter(({ parentCOID }) => parentCOID !== undefined);
  const placedParents = parents.map((draft) =>
    place(draft, draft.isSingleGroup ? { ocaGroup: groupId } : {}),
  );
  const placedChildren = children.map((draft) => {
    const parentId = findParent(account, draft.parentCOID ?? '')?.id;
    if (parentId === undefined) throw rejection(`Parent order ${draft.parentCOID} is not found`);
    return place(draft, { parentId, ocaGroup: String(parentId) });
  });
  return [...placedChildren, ...placedParents];
}
