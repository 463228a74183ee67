import { describe, expect, it } from 'vitest';
import { playIbkr } from '../../testing/played/played-ibkr.ts';
import { ensureSelected, getAccounts } from '../accounts/accounts.ts';
import { getLiveOrders } from '../orders/orders.ts';
import { brokerageAccountsSchema, isPaperAccount } from './brokerage-accounts.ts';

/** As an advisor's login answers: its accounts, between a group and the profiles that IBKR makes of allocations. */
const ADVISOR = {
  accounts: ['All', 'DU9000013', 'DU9000014', 'Growth', 'SELL_785_61228752'],
  aliases: { All: 'All', DU9000013: 'DU9000013', DU9000014: 'Savings', Growth: 'Growth' },
  groups: ['All', 'Growth'],
  profiles: ['SELL_785_61228752'],
};

describe('the accounts of a login', () => {
  it.each([
    ['are those that are no group and no profile', ADVISOR, ['DU9000013', 'DU9000014']],
    ['are without All where no groups are told', { accounts: ['All', 'U1', 'U2'] }, ['U1', 'U2']],
    ['are without groups in another case', { accounts: ['ALL', 'U1', 'growth'], groups: ['Growth'] }, ['U1']],
    ['stand once', { accounts: ['U1', 'U1'], groups: null, profiles: null }, ['U1']],
    ['are all where there are no groups', { accounts: ['U1', 'U2'], groups: [], profiles: [] }, ['U1', 'U2']],
  ])('%s', (_, answer, accounts) => {
    expect(brokerageAccountsSchema.parse(answer)).toMatchObject({ accounts });
  });

  it.each([
    [{ accounts: ['DU1', 'DF2'] }, true],
    [{ accounts: ['All', 'DU1'], selectedAccount: 'All' }, true],
    [{ accounts: ['U1'] }, false],
    [{ accounts: ['DU1', 'U2'] }, false],
    [{ accounts: ['Demo', 'U1'], profiles: ['Demo'] }, false],
    [{ accounts: ['All'] }, false],
    [{ accounts: ['U1'], isPaper: true }, true],
  ])('%j is paper: %s', (answer, isPaper) => {
    expect(brokerageAccountsSchema.parse(answer)).toMatchObject({ isPaper });
  });

  it('are paper by their numbers', () => {
    expect(['DU1234567', 'DF1234567', 'DUO123456'].every(isPaperAccount)).toBe(true);
    expect(['U1234567', 'F1234567', 'I1234567'].some(isPaperAccount)).toBe(false);
  });

  it('are not taken from an answer whose groups cannot be read', () => {
    expect(() => brokerageAccountsSchema.parse({ accounts: ['U1', 'G'], groups: [{ name: 'G' }] })).toThrow();
  });

  it('come with their alias and base currency', async () => {
    const ibkr = await playIbkr(ADVISOR);
    expect(await getAccounts(ibkr.connection.client())).toMatchObject({
      accounts: [
        { accountId: 'DU9000013', alias: null, currency: 'USD' },
        { accountId: 'DU9000014', alias: 'Savings', currency: 'USD' },
      ],
      isPaper: true,
    });
  });
});

describe('selecting an account', () => {
  const groups = ['All'];

  it('is needed for the only account of an advisor, too: all of them may be selected', async () => {
    const ibkr = await playIbkr({ accounts: ['All', 'DU1'], groups });
    await getAccounts(ibkr.connection.client());
    await ensureSelected(ibkr.connection.client(), 'DU1');
    expect(ibkr.asked).toContain('POST /iserver/account');
  });

  it('is not needed where there is nothing else to select', async () => {
    const ibkr = await playIbkr({ accounts: ['DU1'], groups });
    await getLiveOrders(ibkr.connection.client(), 'DU1');
    expect(ibkr.asked).not.toContain('POST /iserver/account');
  });

  it('is refused for a group', async () => {
    const ibkr = await playIbkr({ accounts: ['All', 'DU1'], groups, selectedAccount: 'DU1' });
    await expect(ensureSelected(ibkr.connection.client(), 'All')).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect(ibkr.asked).not.toContain('POST /iserver/account');
  });
});
