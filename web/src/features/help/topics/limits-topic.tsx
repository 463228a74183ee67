import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';

export function LimitsTopic() {
  return (
    <Prose>
      <p>
        An AI can misread you, and a text that it reads can try to talk it into a trade. That is why the
        gateway does not rely on the model: what follows is checked on the server, for every order, whoever
        asks.
      </p>

      <Heading id="approval">Who approves</Heading>
      <p>
        Who has to approve an order is set for each connection, under <i>Limits & approvals</i>. An app or a
        key may have a stricter rule, never a looser one.
      </p>
      <ul>
        <li>
          <b>You, for every order.</b> The order waits for you for 15 minutes; after that it is not sent. You
          get a link to a page that shows the order, its cost, its margin and IBKR’s warnings, and you approve
          or decline it there. The model cannot do it for you, and your approval counts for exactly that
          order.
        </li>
        <li>
          <b>The assistant that asks for it.</b> The order needs a second call, before which the model is told
          to read it back to you. This catches slips. It does not stop a model that was talked into something.
        </li>
        <li>
          <b>Nobody.</b> An order within the limits goes straight to IBKR.
        </li>
      </ul>
      <p>
        Unless you choose one of these, <i>the usual rule</i> holds: a live connection asks you about the
        orders of AI hosts, a paper connection lets the model confirm them, and orders of API keys are sent at
        once.
      </p>

      <Heading id="limits">What may be ordered</Heading>
      <p>
        Limits are set for a connection, and narrower for an app or a key. What is not set does not limit.
      </p>
      <ul>
        <li>Trading on or off.</li>
        <li>
          The value of one order, the value of a day’s orders, and how many there may be in a day. A day is
          one in New York.
        </li>
        <li>Which symbols and which kinds of instruments.</li>
        <li>Whether to sell what you do not hold: shares short, or options.</li>
        <li>
          How far a price may be from the market, and how old the quote may be that an order is judged by.
        </li>
        <li>Only in regular trading hours.</li>
        <li>
          Whether an app may cancel and change orders that it did not place: yours from TWS, and those of
          other apps. Unless you say so, an app whose every order waits for you cancels only its own. Its own
          orders an app always cancels at once, and so do you, under Orders.
        </li>
      </ul>
      <p>
        An order beyond a limit answers{' '}
        <TopicLink to="troubleshooting#limit_exceeded">limit_exceeded</TopicLink> and is not sent. An order
        that waits is held against the limits once more when somebody approves it.
      </p>

      <p>
        You can make a rule stricter at any time. To make one looser you may have to{' '}
        <TopicLink to="security#signing-in-again">sign in again</TopicLink>.
      </p>

      <Heading id="warnings">IBKR’s warnings</Heading>
      <p>
        IBKR asks back about some orders. Unless you accepted that kind of warning in advance, the order stops
        and you, or the model, have to answer. You can accept in advance only warnings about a kind of order,
        such as that a market order may fill at another price. Warnings about the order itself are always
        asked.
      </p>

      <Heading id="once">An order goes out once</Heading>
      <p>
        It is written down before it is sent. If IBKR’s answer is lost, the gateway looks the order up and
        meanwhile sends no other one on that contract. It never repeats an order by itself, and holds back the
        same order of the same app for 10 minutes, and for as long as the first one is open.
      </p>

      <Heading id="stop">Stop trading</Heading>
      <p>
        The button on a connection turns trading off, ends its API keys and apps, and cancels every working
        order of its accounts, again and again until none is left. With many accounts that takes some minutes:
        IBKR lists the orders of one account at a time. Positions stay as they are. It needs no AI.
      </p>
    </Prose>
  );
}
