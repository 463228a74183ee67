import { Anchor, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { QueryClientProvider } from '@tanstack/react-query';
import { Link, NavLink, useParams } from 'react-router';
import { newQueryClient } from '../../api/client/query-client.ts';
import { ConnectionLine } from '../../ui/notices/connection-line.tsx';
import { NotFoundPage } from '../../ui/pages/not-found-page.tsx';
import { useFragment, useTopOfPage } from '../../ui/text/scrolling.ts';
import classes from './topic-page.module.css';
import { TOPICS, type Topic } from './topics.ts';

/** What the help reads is the same for everybody. */
const queries = newQueryClient();

/** `/help/:topic`: one topic, and the way to the others. */
export function TopicPage() {
  const { topic: path } = useParams();
  const topic = TOPICS.find((topic) => topic.path === path);
  return topic === undefined ? <NotFoundPage /> : <Shown key={topic.path} topic={topic} />;
}

function Shown({ topic: { title, Content } }: { topic: Topic }) {
  useDocumentTitle(`${title} · IBKR Gateway`);
  useTopOfPage();
  useFragment(true);
  return (
    <div className={classes.page}>
      <nav className={classes.topics} aria-label="Help topics">
        {TOPICS.map(({ path, title: name }) => (
          <NavLink key={path} to={`/help/${path}`} className={classes.topic ?? ''}>
            {name}
          </NavLink>
        ))}
      </nav>
      <article className={classes.article}>
        <Anchor component={Link} to="/help" size="sm" className={classes.back ?? ''}>
          All topics
        </Anchor>
        <Title order={1} mb="md">
          {title}
        </Title>
        <QueryClientProvider client={queries}>
          <ConnectionLine />
          <Content />
        </QueryClientProvider>
      </article>
    </div>
  );
}
