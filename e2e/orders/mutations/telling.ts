/** How its owner is told. */
import { acting, type Mutation } from './mutation.ts';

const TURN = 'functions/src/notifications/channel-turn.ts';

export const TELLING: readonly Mutation[] = [
  {
    name: 'news is told once, whatever is answered',
    file: TURN,
    from: "  if (result.outcome === 'delivered') {",
    to: '  if (item !== undefined) {',
    shows: acting('place another'),
  },
  {
    name: 'each try has an id of its own',
    file: 'functions/src/notifications/kinds/webhook.ts',
    from: '{ id: message.id, body: message }',
    to: "{ id: message.id + '-' + Date.now(), body: message }",
  },
  {
    name: 'everybody is told of all that is due',
    file: 'functions/src/notifications/fan-out.ts',
    from: 'const news = await listDueNews(db, until, NEWS_A_PAGE, ownerUid);',
    to: 'const news = await listDueNews(db, until, NEWS_A_PAGE);',
  },
];
