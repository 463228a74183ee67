import { retentionPeriods } from '@ibkr-gateway/functions/contract/retention';
import { Table } from '@mantine/core';
import { Link } from 'react-router';
import { usePublicConfig } from '../../../api/config.ts';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';

export function PrivacyTopic() {
  const auditDays = usePublicConfig()?.auditDays;
  return (
    <Prose>
      <p>
        Whoever runs this service is responsible for it, and keeps only what it needs to do what you ask and
        to show you what was done. There is no tracking and no advertising, and nothing is sold or given away.
      </p>

      <Heading id="kept">What is kept, and for how long</Heading>
      <Table aria-label="What is kept, and for how long" verticalSpacing="sm" mb="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th>
            <Table.Th>For how long</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {retentionPeriods(auditDays).map(({ what, until }) => (
            <Table.Tr key={what}>
              <Table.Td>{what}</Table.Td>
              <Table.Td>{until}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <p>
        Expired records are no longer used, and are removed from the database within about a day. Backups, if
        the operator makes any, are kept for as long as the operator decides.
      </p>
      <p>
        Not kept: your Google password, API keys and tokens in a form that works, and the answers of tools,
        except for a few minutes while they are used again. Your IBKR password is kept only for connections
        that <TopicLink to="managed#stored">sign in by name and password</TopicLink>.
      </p>

      <Heading id="who">Who else sees it</Heading>
      <ul>
        <li>
          The hosts and programs that you let in see what the tools answer (
          <TopicLink to="security#host">what a host sees</TopicLink>).
        </li>
        <li>IBKR sees what your connections ask and order there.</li>
        <li>Google runs the servers, the database and the sign-in. Pages load nothing from anybody else.</li>
        <li>
          Where you have news sent, it passes through others: your own program gets all of it; the service
          that sends emails for the operator, and your email provider, learn your address and that something
          happened; the push service of your browser’s maker carries it encrypted and cannot read it.
        </li>
        <li>Whoever runs this service can read the database, and holds the key that opens what is sealed.</li>
      </ul>

      <Heading id="download">Your data as a file</Heading>
      <p>
        <Link to="/account">Account</Link> has <i>Download my data</i>: every record about you, in one JSON
        file. What your connections sign in with is sealed, and left out.
      </p>

      <Heading id="deleting">Deleting your account</Heading>
      <p>
        <Link to="/account">Account</Link> has <i>Delete my account</i>. First every app, key and session ends
        and trading is turned off, then every record about you is deleted, then your sign-in here. It takes a
        few minutes, continues by itself if it is interrupted, and checks once more at the end. If whoever
        runs this service deletes your sign-in, the same happens. Only logs stay, as above.
      </p>
      <p>
        Orders that work at IBKR stay there and may still fill: cancel them before, with <i>Stop trading</i>.
        A Client Portal Gateway of your own stays signed in. Revoke at IBKR what you registered there for this
        service, such as an OAuth consumer key.
      </p>

      <Heading id="deleted">When you have deleted it</Heading>
      <p>
        You are signed out, and your apps and keys no longer work. If you sign in again, you start with a new,
        empty account.
      </p>
    </Prose>
  );
}
