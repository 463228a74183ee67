import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useConnections } from '../../api/connections.ts';
import { useNews } from '../../api/notifications/news.ts';
import { OlderItems } from '../../ui/lists/older-items.tsx';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import classes from './news-page.module.css';
import { NewsRow } from './news-row.tsx';

/** `/news`: what happened on all connections, without anybody asking. */
export function NewsPage() {
  useDocumentTitle('News · IBKR Gateway');
  const news = useNews();
  const { data, error, refetch } = news;
  const connections = useConnections();
  // The names of connections would push down what is below them.
  if (data === undefined || connections.isPending) {
    return error === null ? <PageSkeleton /> : <FailedPage title="News" error={error} onRetry={refetch} />;
  }
  const items = data.pages.flatMap((page) => page.items);
  const labelOf = (id: string) => connections.data?.find((connection) => connection.id === id)?.label;
  return (
    <Stack gap="md" align="flex-start">
      <Group gap="sm" w="100%">
        <Title order={1}>News</Title>
        <Freshness queries={[news]} />
      </Group>
      {items.length === 0 && (
        <Text size="sm">
          Nothing yet. News appears here when an order waits for you or fills, IBKR needs you, an app is
          connected, or a key is used from a new network.
        </Text>
      )}
      <ol className={classes.list}>
        {items.map((item) => (
          <NewsRow key={item.id} news={item} connection={labelOf(item.connectionId)} />
        ))}
      </ol>
      <OlderItems name="news" query={news}>
        Show older news
      </OlderItems>
      <Text size="sm" c="dimmed">
        News is kept for 30 days. <Link to="/notifications">Send it to a webhook</Link>
      </Text>
    </Stack>
  );
}
