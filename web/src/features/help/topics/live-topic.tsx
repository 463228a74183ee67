import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';

export function LiveTopic() {
  return (
    <Prose>
      <p>
        A live connection reads your real account, and <b>an order on it is an order with your money</b>.
        Unless you choose otherwise, you approve each one that an AI host asks for;{' '}
        <TopicLink to="limits">limits</TopicLink> hold for all. The gateway has not been run against IBKR’s
        own servers yet: try what you mean to do on a paper account first.
      </p>

      <Heading id="needs">What IBKR asks for</Heading>
      <ul>
        <li>An IBKR Pro account, fully opened and funded. IBKR Lite has no access by program.</li>
        <li>Market data subscriptions for quotes that are not delayed.</li>
      </ul>

      <Heading id="which">Which way to choose</Heading>
      <ul>
        <li>
          <b>
            <TopicLink to="ibkr-oauth">IBKR OAuth</TopicLink>
          </b>
          : set up once, then it works day and night. IBKR activates it after a day to two weeks, and may
          refuse it to private persons.
        </li>
        <li>
          <b>
            <TopicLink to="managed">Name and password</TopicLink>
          </b>
          : works today and unattended, but leaves your IBKR password here. Not every gateway offers it.
        </li>
        <li>
          <b>
            <TopicLink to="gateway">Client Portal Gateway</TopicLink>
          </b>
          : works today. You run IBKR’s program and sign in to it in a browser, every day.
        </li>
      </ul>

      <Heading id="username">Get a second username</Heading>
      <p>
        IBKR allows one session per username, over TWS, IBKR Mobile and programs together. If the gateway uses
        yours, it and your own screens push each other out. In IBKR’s Client Portal you can add a second user
        to the account; give it to the gateway, with no more rights than it needs.
      </p>
      <p>
        The gateway does not take a session from you unless the connection’s settings allow it. Until then its
        tools answer <TopicLink to="troubleshooting#session_competing">session_competing</TopicLink>.
      </p>

      <Heading id="sessions">What to expect of sessions</Heading>
      <ul>
        <li>Every night, around midnight in your region, IBKR resets its systems for some minutes.</li>
        <li>On Saturday evening, US time, it does maintenance.</li>
        <li>The gateway keeps a session open for as long as it was used within the last 24 hours.</li>
      </ul>
    </Prose>
  );
}
