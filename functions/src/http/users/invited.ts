import type { Config } from '../../config.ts';

/**
 * Whether somebody may use this gateway: everyone where nobody is named.
 * @param email As Firebase verified it; empty when it did not.
 */
export function isInvited(email: string, { allowedEmails }: Pick<Config, 'allowedEmails'>): boolean {
  if (allowedEmails.length === 0) return true;
  const address = email.toLowerCase();
  return allowedEmails.some((each) => (each.startsWith('@') ? address.endsWith(each) : address === each));
}
