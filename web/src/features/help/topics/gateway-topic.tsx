import { Link } from 'react-router';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { Snippet } from '../../../ui/text/snippet.tsx';
import { TopicLink } from '../topic-link.tsx';

export function GatewayTopic() {
  return (
    <Prose>
      <p>
        The Client Portal Gateway is a Java program of IBKR’s that you run on your own computer and sign in to
        in a browser. It works at once, without waiting for IBKR, but the sign-in ends every night.
      </p>

      <Heading id="run">1. Run it</Heading>
      <ol>
        <li>
          Download it from{' '}
          <a
            href="https://www.interactivebrokers.com/campus/ibkr-api-page/cpapi-v1/"
            rel="noreferrer"
            target="_blank"
          >
            IBKR’s page on the Client Portal API
          </a>
          , unpack it, and start it. It needs Java 8 (update 192) or later. On Windows, the command is{' '}
          <code>bin\run.bat root\conf.yaml</code>.
          <Snippet caption="In its folder" text="bin/run.sh root/conf.yaml" of="start command" />
        </li>
        <li>
          Open <code>https://localhost:5000</code> in a browser <b>on the same computer</b>, accept its
          certificate, and sign in with IBKR’s username, password and second factor. It ends with “Client
          login succeeds”.
        </li>
      </ol>
      <p>
        On a Mac, AirPlay often holds port 5000: set <code>listenPort: 5001</code> in{' '}
        <code>root/conf.yaml</code>.
      </p>

      <Heading id="reach">2. Let this service reach it</Heading>
      <p>
        If IBKR Gateway runs on the same machine (<code>npm start</code>), there is nothing to do: use{' '}
        <code>https://localhost:5000</code>, or the port that you set. A deployed one reaches only public
        addresses, so the program needs:
      </p>
      <ul>
        <li>a host name, and an HTTPS proxy in front with a certificate of its own,</li>
        <li>
          a secret header that the proxy insists on. This matters: the program itself asks its callers for
          nothing, and whoever reaches it acts as you,
        </li>
        <li>
          the proxy’s address under <code>ips.allow</code> in <code>root/conf.yaml</code>.
        </li>
      </ul>
      <p>
        The certificate that the program ships with expired in 2019 and everybody has its private key; it is
        accepted on your own machine only.
      </p>

      <Heading id="add">3. Add the connection</Heading>
      <p>
        <Link to="/connections/new/gateway">Add a connection</Link> of the kind <i>Client Portal Gateway</i>:
        its URL, the secret header, and a certificate to insist on if it is your own: as PEM, or its SHA-256
        fingerprint. The test shows each step.
      </p>

      <Heading id="daily">Every day</Heading>
      <p>
        A session lasts at most a day and ends around midnight in your region. Then tools answer{' '}
        <TopicLink to="troubleshooting#session_expired">session_expired</TopicLink> until you sign in on the
        program’s page again. Restarting the program needs a new sign-in, too.
      </p>
    </Prose>
  );
}
