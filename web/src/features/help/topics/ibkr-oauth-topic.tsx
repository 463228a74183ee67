import { Link } from 'react-router';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { Snippet } from '../../../ui/text/snippet.tsx';
import { TopicLink } from '../topic-link.tsx';

const PORTAL = 'https://ndcdyn.interactivebrokers.com/sso/Login?action=OAUTH&RL=1&ip2loc=US';

const MAKE_KEYS = `openssl genrsa -out private_signature.pem 2048
openssl rsa -in private_signature.pem -pubout -out public_signature.pem
openssl genrsa -out private_encryption.pem 2048
openssl rsa -in private_encryption.pem -pubout -out public_encryption.pem
openssl dhparam -out dhparam.pem 2048`;

export function IbkrOauthTopic() {
  return (
    <Prose>
      <p>
        With IBKR’s own OAuth the gateway signs in to IBKR by itself. There is no program to run and no daily
        sign-in. It takes about fifteen minutes, and then up to two weeks until IBKR activates it. IBKR may
        refuse it to private persons.
      </p>

      <Heading id="keys">1. Make the keys</Heading>
      <p>
        Two key pairs and one Diffie-Hellman file are needed. The console can make them in your browser when
        you <Link to="/connections/new/oauth">add the connection</Link>. Or make them in a terminal:
      </p>
      <Snippet caption="In a terminal; the last line takes some minutes" text={MAKE_KEYS} of="commands" />
      <p>
        Files named <code>private</code> never go to IBKR.
      </p>

      <Heading id="portal">2. Register them with IBKR</Heading>
      <ol>
        <li>
          Open{' '}
          <a href={PORTAL} rel="noreferrer" target="_blank">
            IBKR’s self-service portal
          </a>{' '}
          and sign in <b>as the user that the gateway is to use</b>. For a paper account that is the paper
          user.
        </li>
        <li>Choose a consumer key: make up nine letters from A to Z, and save it.</li>
        <li>
          Upload <code>public_signature.pem</code> as the signing key, <code>public_encryption.pem</code> as
          the encryption key, and <code>dhparam.pem</code> as the Diffie-Hellman parameters.
        </li>
        <li>
          Generate the token. IBKR shows the access token and its secret <b>once</b>: copy both.
        </li>
        <li>Switch OAuth access on, if the page has a switch for it.</li>
      </ol>

      <Heading id="console">3. Enter them here</Heading>
      <p>
        <Link to="/connections/new/oauth">Add a connection</Link> of the kind <i>IBKR OAuth</i> with the
        consumer key, the access token and its secret, the two <b>private</b> keys and the Diffie-Hellman
        file. They are checked against each other as you paste them, then sealed, and never shown again.
      </p>

      <Heading id="wait">4. Wait for IBKR</Heading>
      <p>
        IBKR activates a new consumer key at one of its nightly resets: after a day, sometimes after two
        weeks. Until then the connection’s test says that IBKR does not know the consumer key (
        <TopicLink to="troubleshooting#credentials_rejected">credentials_rejected</TopicLink>). The gateway
        does not try refused credentials again by itself, so that IBKR does not lock them: test the connection
        when you expect them to work.
      </p>

      <Heading id="undo">Taking it back</Heading>
      <p>
        Deleting the connection destroys the keys here. Generating a new token in IBKR’s portal, or switching
        OAuth access off there, ends the old one at IBKR.
      </p>
    </Prose>
  );
}
