/** Everything that is kept of people, for how long, and in which records: the privacy page prints it. */

/** One kind of data. */
export interface Kept {
  /** What it is, with everything in it that tells of a person. */
  what: string;
  /** For how long, if the account is not deleted before. */
  until: string;
  /** The collections of the database that hold it; none: it is in none. */
  collections: readonly string[];
  /** Whether the database lets it go by itself, by `expireAt`. */
  expires: boolean;
}

const KEPT: readonly Kept[] = [
  {
    what: 'Your email address and user id, from Google’s sign-in, and when you first came',
    until: 'until you delete your account',
    collections: ['users'],
    expires: false,
  },
  {
    what: 'Your connections: their names and settings, limits, the account number that you chose, and what orders count against the limits',
    until: 'until you delete the connection',
    collections: ['connections'],
    expires: false,
  },
  {
    what: 'What your connections sign in to IBKR with, sealed with AES-256-GCM; IBKR passwords and activation codes with keys of their own',
    until: 'until you delete the connection',
    collections: ['vault', 'signInVault'],
    expires: false,
  },
  {
    what: 'The session at IBKR: its token and recent answers of IBKR’s about orders and balances, sealed; the account numbers of the login and when it was used, not sealed',
    until: 'until you delete the connection; answers for minutes',
    collections: ['sessions'],
    expires: false,
  },
  {
    what: 'How sign-ins to IBKR with your username went, so that IBKR does not lock it: under keyed fingerprints of that name and of you, by connection, when and how often it was refused, and whether it was ever taken',
    until: '30 days after the last; not deleted with your account',
    collections: ['signIns'],
    expires: true,
  },
  {
    what: 'A sign-in to IBKR that waits for your code or approval, sealed with the keys of passwords',
    until: 'five minutes, or until it continued',
    collections: ['unfinishedSignIns'],
    expires: true,
  },
  {
    what: 'API keys: a SHA-256 fingerprint, name, scope, limits, the IP ranges that you allow, when it was last used, by which program and from which networks (the last 20)',
    until: '90 days after its end',
    collections: ['apiKeys'],
    expires: true,
  },
  {
    what: 'Apps that you let in: name, host, scope, limits, when last used',
    until: 'a day after the last of its tokens',
    collections: ['grants'],
    expires: true,
  },
  {
    what: 'Codes, tokens and requests for consent of those apps, under SHA-256 fingerprints and sealed',
    until:
      'until they expire: minutes for codes and requests, a day or as set for access, 180 days at most for refreshing',
    collections: ['oidc_{Model}'],
    expires: true,
  },
  {
    what: 'Programs that registered to be let in, and what they publish of themselves; nothing of who uses them',
    until: '30 days after the last use; unused ones sooner',
    collections: ['clientDocuments', 'oidc_{Model}'],
    expires: true,
  },
  {
    what: 'Orders: what was asked for, in which account (its number), by which app, who approved it (your email address), what IBKR said',
    until: '400 days after the last change, or until you delete the connection',
    collections: ['orderIntents'],
    expires: true,
  },
  {
    what: 'News: of your orders, what was asked for, in which account (its number), and what became of it; of sessions, stops, apps, keys (the IP address that a key was first used from) and limits',
    until: '30 days, or until you delete the connection',
    collections: ['news'],
    expires: true,
  },
  {
    what: 'Channels for news, yours and those of apps that asked to be told: their names, which news they get and how they work; where they go, such as an email address or that of your browser at its push service, and the secrets that sign and encrypt, sealed with AES-256-GCM',
    until:
      'until you remove the channel; of apps, seven days after they last asked, or until their access ends',
    collections: ['channels'],
    expires: false,
  },
  {
    what: 'Deliveries of news: which news went to which channel, when it was tried, and the status and the first 200 characters of what was answered where it was not taken',
    until: '30 days, or until you remove the channel',
    collections: ['deliveries'],
    expires: true,
  },
  {
    what: 'Prices that apps asked to be told of: instrument, level, by which app or key, and the latest twenty times that it was crossed',
    until: 'a day after the app no longer asks, or until its access ends',
    collections: ['priceWatches'],
    expires: true,
  },
  {
    what: 'Activity: each tool call and each act of yours, when, the IP address that it came from, the app or key, the program’s name and version, the arguments with account numbers and secrets hidden, and whether it worked',
    until: 'for as long as the operator has set; the end of each chain of records 30 days longer',
    collections: ['audit', 'auditChains'],
    expires: true,
  },
  {
    what: 'That you asked for your account to be deleted: your user id and the ids of your connections',
    until: 'until the rest is gone: minutes',
    collections: ['accountDeletions'],
    expires: false,
  },
  {
    what: 'Logs of the service at Google Cloud: times, ids of users, connections and orders, and of Google’s own, the IP address and User-Agent of requests; no account numbers, no secrets',
    until: '30 days, or as the operator has set; not deleted with your account',
    collections: [],
    expires: true,
  },
];

/** @param auditDays For how many days the deployment keeps the activity; undefined: that is not known yet. */
export function retentionPeriods(auditDays: number | undefined): readonly Kept[] {
  if (auditDays === undefined) return KEPT;
  return KEPT.map((each) => {
    if (!each.collections.includes('audit')) return each;
    return { ...each, until: each.until.replace('for as long as the operator has set', days(auditDays)) };
  });
}

function days(count: number): string {
  return count === 1 ? 'a day' : `${count} days`;
}
