import { Box, Skeleton } from '@mantine/core';
import { useConfigQuery } from '../../../api/config.ts';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';
import { OperatorLink } from './operator-link.tsx';

/** What holds for everybody who uses a deployment. */
export function TermsTopic() {
  const { data, error, refetch } = useConfigQuery();
  // What comes late moves what is read, and the operator's own terms come first.
  if (data === undefined && error === null) return <Skeleton h={480} />;
  const termsUrl = data?.operator.termsUrl;
  return (
    <Prose>
      {error !== null && (
        <Box mb="md">
          <FailureNotice error={error} onRetry={refetch} />
        </Box>
      )}
      {termsUrl && (
        <p>
          The operator’s own terms are at <OperatorLink to={termsUrl} />. Where they differ from these, they
          apply.
        </p>
      )}
      <p>
        This service passes calls between AI hosts or programs that you choose and your account at Interactive
        Brokers. It is not affiliated with Interactive Brokers, gives no advice and recommends no trade.
      </p>

      <Heading id="orders">Orders are yours</Heading>
      <p>
        Any order placed with an app or a key that you allow is placed in your name. Limits, approvals and{' '}
        <i>Stop trading</i> are there for you to set (<TopicLink to="limits">Limits and approvals</TopicLink>
        ). Keep to your agreement with IBKR, and to its rules on market data.
      </p>

      <Heading id="promise">What is not promised</Heading>
      <p>
        The software is provided under the MIT License, without warranty of any kind. It may be unavailable,
        late or wrong: what counts is what IBKR’s own apps show. Do not rely on it alone to end a position.
      </p>

      <Heading id="end">Ending it</Heading>
      <p>
        You may revoke an app or a key, delete a connection or your whole account at any time. That takes
        effect with the next call (<TopicLink to="privacy#deleting">Deleting your account</TopicLink>). The
        operator may close an account that harms others.
      </p>
    </Prose>
  );
}
