import type { News } from '@ibkr-gateway/functions/contract/news/news';
import { newsPlace, newsWords } from '@ibkr-gateway/functions/contract/news/news-words';
import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Moment } from '../../ui/values/moment.tsx';
import classes from './news-row.module.css';

interface NewsRowProps {
  news: News;
  /** Of its connection; undefined: it is not known, or gone. */
  connection: string | undefined;
}

/** One thing that happened, and the way to what it is about. */
export function NewsRow({ news, connection }: NewsRowProps) {
  return (
    <li className={classes.row}>
      <Text span size="sm" c="dimmed" className={classes.time}>
        <Moment iso={news.at} />
      </Text>
      <div>
        <Anchor component={Link} to={newsPlace(news)} size="sm" fw={600}>
          {newsWords(news)}
        </Anchor>
        {'order' in news && <Text size="sm">{news.order}</Text>}
        {connection !== undefined && (
          <Text size="sm" c="dimmed">
            {connection}
          </Text>
        )}
      </div>
    </li>
  );
}
