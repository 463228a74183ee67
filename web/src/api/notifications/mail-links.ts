import { useChange } from '../client/change.ts';
import { postPublic } from '../client/http.ts';

/** A link of a mail, and what it is for. */
export interface MailLink {
  act: 'confirm' | 'stop';
  channelId: string;
  token: string;
}

/** Does what a link of a mail is for, whoever has it. */
export function useMailLink({ act, channelId, token }: MailLink) {
  const place = act === 'confirm' ? 'confirmation' : 'stop';
  const path = `/api/email/${place}/${encodeURIComponent(channelId)}/${encodeURIComponent(token)}`;
  return useChange({ mutationFn: () => postPublic(path) });
}
