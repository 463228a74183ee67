import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';

export function SecurityTopic() {
  return (
    <Prose>
      <Heading id="host">What a host sees</Heading>
      <p>
        What the tools answer, for the one connection that you chose: balances, positions, orders, prices.
        From there it is with the company that makes the host, under its terms. A host never sees your IBKR
        credentials, your other connections, or your limits as something it could change.
      </p>

      <Heading id="kept">What is kept here</Heading>
      <p>
        <TopicLink to="privacy">Privacy</TopicLink> has all of it, and for how long: account numbers and IP
        addresses too. What matters most here:
      </p>
      <ul>
        <li>
          The credentials of your connections are sealed with AES-256-GCM. They are never shown again, not
          even to you. Whoever runs this service holds the key that opens them: use a service that you trust,
          or run your own.
        </li>
        <li>Of API keys and tokens only SHA-256 fingerprints. A leaked database holds none that works.</li>
      </ul>
      <p>
        Your IBKR password is asked for by connections of the kind{' '}
        <TopicLink to="managed#stored">IBKR name and password</TopicLink> only. It is sealed with a key of its
        own, which nothing but the sign-in to IBKR uses. Pages load nothing from third parties, except
        Google’s sign-in when you sign in, and there is no tracking.
      </p>

      <Heading id="risks">What can still go wrong</Heading>
      <ul>
        <li>
          <b>A model can be talked into things.</b> A web page or email that your AI reads may tell it to
          trade. Give read-only access where that is enough, and approve orders yourself where it is not (
          <TopicLink to="limits">limits and approvals</TopicLink>).
        </li>
        <li>
          <b>A model can be wrong.</b> About a price, a quantity, or what you meant. The approval page shows
          the order as IBKR will get it, not as the model tells it.
        </li>
        <li>
          <b>Whoever holds an API key is let in.</b> Keep keys out of files that you share, give them an
          expiry and no more than they need, and revoke those you do not use.
        </li>
      </ul>

      <Heading id="signing-in-again">Signing in again</Heading>
      <p>
        A browser that you left signed in must not be enough to let somebody trade. To make a key or let in an
        app that may trade, to make a rule looser, to add or delete a connection or change what it signs in
        with, to resume after a stop, to have news sent to another place, and to delete your account, you have
        to have signed in within the last five minutes; to approve an order with real money, within the last
        day. The page asks you, and then continues what you were doing. Making a rule stricter, revoking,
        declining, cancelling and stopping never ask.
      </p>

      <Heading id="revoke">Taking access back</Heading>
      <p>
        Revoking an app or a key works on its very next call. <i>Stop trading</i> on a connection also refuses
        all new orders and cancels those that work. Deleting a connection destroys its credentials, and
        deleting your account everything (<TopicLink to="privacy#deleting">how</TopicLink>).
      </p>

      <Heading id="affiliation">Who is behind this</Heading>
      <p>
        The software is open source, comes without warranty, and is not affiliated with Interactive Brokers.
        Nothing it or an AI says is investment advice.
      </p>
    </Prose>
  );
}
