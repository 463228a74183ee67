import type { Call } from '@ibkr-gateway/functions/contract/audit';
import { Anchor, Badge, Code, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useReference } from '../../api/reference.ts';
import { dateAndSecond, exactTime, number, withUnit } from '../../format/numbers.ts';
import { OpeningRow } from '../../ui/lists/opening-row.tsx';
import { Moment } from '../../ui/values/moment.tsx';
import classes from './call-row.module.css';
import { callDetail, callTitle, isAct } from './call-words.ts';

/** One call; opened: what was asked, what happened and what to do. */
export function CallRow({ call }: { call: Call }) {
  return (
    <OpeningRow
      id={call.id}
      time={<Moment iso={call.at}>{dateAndSecond(call.at)}</Moment>}
      title={callTitle(call)}
      detail={callDetail(call)}
      badge={<Ending call={call} />}
    >
      <Details call={call} />
    </OpeningRow>
  );
}

/** Of orders that had to wait for a person: no failures. */
const QUESTIONS: Record<string, string> = {
  approval_required: 'Needs approval',
  order_needs_reply: 'IBKR asks',
};

/** In a word, and for a call how long it took. */
function Ending({ call }: { call: Call }) {
  return (
    <>
      {!isAct(call) && (
        <Text span size="sm" c="dimmed" className={classes.duration}>
          {withUnit(number(call.milliseconds), 'ms')}
        </Text>
      )}
      <Outcome call={call} />
    </>
  );
}

function Outcome({ call: { outcome, errorCode } }: { call: Call }) {
  const question = errorCode === null ? undefined : QUESTIONS[errorCode];
  if (question !== undefined) {
    return (
      <Badge variant="default" radius="sm" tt="none">
        {question}
      </Badge>
    );
  }
  if (outcome === 'error') {
    return (
      <Badge color="red.9" variant="filled" radius="sm" tt="none">
        {errorCode ?? 'error'}
      </Badge>
    );
  }
  return (
    <Text span size="sm" c="dimmed">
      OK
    </Text>
  );
}

const BY_NO_APP = { console: 'You, in the console', schedule: 'The gateway, by itself' } as const;

function Details({ call }: { call: Call }) {
  const { scope, source, clientName, clientVersion, outcome, milliseconds, upstreamCalls, intentId } = call;
  const remedy = useRemedy(call.errorCode);
  const wasDone = isAct(call);
  return (
    <dl className={classes.details}>
      <dt>At</dt>
      <dd>
        <Moment iso={call.at}>{exactTime(call.at)}</Moment>
      </dd>
      <dt>{wasDone ? 'What' : 'Asked'}</dt>
      <dd>
        <Code block>{indented(call.arguments)}</Code>
      </dd>
      <dt>By</dt>
      <dd>
        {source === 'console' || source === 'schedule' ? (
          BY_NO_APP[source]
        ) : (
          <>
            {`${clientName} ${clientVersion}`.trim()}, with{' '}
            {source === 'api_key' ? 'the API key' : 'the permission'} {call.credentialLabel} (
            {scope === 'write' ? 'read & write' : 'read only'})
          </>
        )}
        {call.address !== null && `, from ${call.address}`}
        {(source === 'api_key' || source === 'oauth') && (
          <>
            {' · '}
            <Anchor component={Link} to={`?app=${call.credentialId}`} inherit underline="always">
              All its calls
            </Anchor>
          </>
        )}
      </dd>
      <dt>Happened</dt>
      <dd>
        {outcome === 'ok' && call.errorMessage === null
          ? wasDone
            ? 'It was done'
            : 'It was answered'
          : (call.errorMessage ?? 'It failed')}
        {!wasDone &&
          ` (${milliseconds} ms, ${upstreamCalls === 1 ? '1 request' : `${upstreamCalls} requests`} to IBKR)`}
      </dd>
      {call.requestId !== null && (
        <>
          <dt>Request</dt>
          <dd>{call.requestId}</dd>
        </>
      )}
      {remedy !== undefined && (
        <>
          <dt>To do</dt>
          <dd>{remedy}</dd>
        </>
      )}
      {intentId !== null && (
        <>
          <dt>Order</dt>
          <dd>
            <Anchor component={Link} to={`/approve/${intentId}`} inherit underline="always">
              What became of the order
            </Anchor>
            {' · '}
            <Anchor component={Link} to={`?order=${intentId}`} inherit underline="always">
              All calls about it
            </Anchor>
          </dd>
        </>
      )}
    </dl>
  );
}

function useRemedy(code: string | null): string | undefined {
  const { data } = useReference();
  return data?.errors.find((error) => error.code === code)?.remedy;
}

/** Arguments that were cut off are no JSON any more. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return `${json}…`;
  }
}
