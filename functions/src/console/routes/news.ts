/** `GET /api/news?connectionId=&cursor=&limit=`: what happened that a person is told of, newest first. */
import { Hono } from 'hono';
import { z } from 'zod';
import type { NewsList } from '../../contract/news/news.ts';
import { newsItem } from '../../notifications/news-item.ts';
import { listNews } from '../../store/news/news.ts';
import { recordId } from '../../text/record-id.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { queryParameters } from '../requests/request-query.ts';

const query = z.object({
  connectionId: recordId.optional(),
  cursor: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const newsRoutes = new Hono<ConsoleEnv>().get('/news', async (context) => {
  const page = await listNews(context.env.db, context.get('user').uid, queryParameters(context, query));
  if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no news.');
  return context.json({
    items: page.items.map(newsItem),
    nextCursor: page.nextCursor,
  } satisfies NewsList);
});
