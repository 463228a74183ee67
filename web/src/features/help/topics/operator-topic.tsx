import { Skeleton } from '@mantine/core';
import { isOwnMachine, useConfigQuery } from '../../../api/config.ts';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';
import { OperatorLink } from './operator-link.tsx';

/** Who answers for a deployment, from its settings. */
export function OperatorTopic() {
  const { data, error, refetch } = useConfigQuery();
  // Nothing is said of an operator who is not known yet.
  if (data === undefined) {
    return error === null ? <Skeleton h={360} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  const { operator } = data;
  return (
    <Prose>
      <Operator name={operator.name} contact={operator.contact} />

      <Heading id="status">Status</Heading>
      <p>
        {operator.statusUrl ? (
          <>
            The status of the service is at <OperatorLink to={operator.statusUrl} />.
          </>
        ) : (
          'The operator has no status page.'
        )}{' '}
        Each connection shows on its own page whether IBKR answers.
      </p>

      <Heading id="cost">What it costs</Heading>
      <p>
        The program is free, under the MIT License. An operator may charge for running it, and says so
        themselves. IBKR’s commissions and market data subscriptions are between you and IBKR.
      </p>

      <Heading id="rules">Privacy and terms</Heading>
      <p>
        <TopicLink to="privacy">Privacy</TopicLink> says what is kept and for how long,{' '}
        <TopicLink to="terms">Terms</TopicLink> what you may expect.
        {operator.privacyUrl && (
          <>
            {' '}
            The operator’s own privacy notice is at <OperatorLink to={operator.privacyUrl} />.
          </>
        )}
      </p>
    </Prose>
  );
}

function Operator({ name, contact }: { name: string | null; contact: string | null }) {
  if (name === null && contact === null) {
    return isOwnMachine() ? (
      <p>You do: it runs on your own machine.</p>
    ) : (
      <p>
        <b>The operator of this deployment has not said who they are.</b> They hold the key to what you enter
        here. Do not connect a live account to a deployment whose operator you do not know.
      </p>
    );
  }
  return (
    <p>
      {name === null ? 'The operator gives no name.' : <b>{name}</b>} {contact !== null && 'Contact: '}
      {contact !== null && <OperatorLink to={contact} />}
    </p>
  );
}
