import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';

export function PaperTopic() {
  return (
    <Prose>
      <p>There are two ways to try things out without real money.</p>

      <Heading id="sandbox">A sandbox here</Heading>
      <p>
        A sandbox is a simulated account of this gateway, with 1,000,000 US dollars and a small portfolio. It
        needs no IBKR account and is made with one click. The instruments are real; prices, fills and history
        are made up. Nothing in it reaches IBKR.
      </p>

      <Heading id="ibkr">IBKR’s paper account</Heading>
      <p>
        Every IBKR account can have a paper account beside it: real instruments and prices, simulated fills,
        and a number that begins with DU. It has a username and a password of its own.
      </p>
      <ol>
        <li>
          In IBKR’s Client Portal, open Settings and search for “paper”. It needs a live account that is
          approved and funded. A new one takes hours, until the next business day after 16:00 in New York, and
          no email tells of it. Note its username; its first password is that of the live account, and it can
          be changed to one of its own.
        </li>
        <li>
          On IBKR’s own sign-in page, switch to Paper and sign in with it once: that proves that it is there.
        </li>
        <li>
          Connect it like a live account, by <TopicLink to="managed">name and password</TopicLink>,{' '}
          <TopicLink to="ibkr-oauth">IBKR OAuth</TopicLink> or the{' '}
          <TopicLink to="gateway">Client Portal Gateway</TopicLink>, signed in <b>as the paper user</b>, and
          choose <i>paper</i> for the connection.
        </li>
        <li>
          For quotes that are not delayed, share the live account’s market data with the paper account, in the
          same settings.
        </li>
      </ol>

      <Heading id="mixed-up">Paper and live cannot be mixed up</Heading>
      <p>
        Nothing in an address tells paper from live, so the gateway asks IBKR after every sign-in. If the
        answer does not fit the connection, all tools answer{' '}
        <TopicLink to="troubleshooting#account_mode_mismatch">account_mode_mismatch</TopicLink>.
      </p>

      <Heading id="differences">What paper does not show</Heading>
      <p>
        Paper orders fill fast, at the best price on the screen. There is no auction, no search for shares to
        borrow, and hardly ever a refusal. A strategy that works on paper has not met any of them.
      </p>
    </Prose>
  );
}
