/** What of a channel was changed, and its quiet hours, in words. */
import type { QuietHours } from '@ibkr-gateway/functions/contract/news/channels';
import { NEWS_TYPE_WORDS } from '../../format/news-types.ts';
import { onOrOff, quoted, settingChange } from '../../format/words/setting-words.ts';
import { ALL_CONNECTIONS, type ChannelValues, channelSettings } from './channel-values.ts';

interface Settings extends ChannelValues {
  url: string;
  showsDetails: boolean;
}

/** @param nameOf What a connection is called; undefined: that is not known. */
export function channelChanges(
  before: Settings,
  after: Settings,
  nameOf: (connectionId: string) => string | undefined,
): string[] {
  const words = (settings: Settings) => {
    const { connectionId, url, showsDetails } = settings;
    const { types, quietHours } = channelSettings(settings);
    return {
      Name: quoted(settings.label),
      Address: url,
      Connection:
        connectionId === ALL_CONNECTIONS ? 'all connections' : quoted(nameOf(connectionId) ?? 'another one'),
      'It is told when': types === null ? 'anything happens' : types.map(typeWords).join(', '),
      'Quiet hours': quietHours === null ? 'none' : quietWords(quietHours),
      'Say what happened': onOrOff(showsDetails),
    };
  };
  const [from, to] = [words(before), words(after)];
  return (Object.keys(from) as (keyof typeof from)[]).flatMap((name) =>
    settingChange(name, from[name], to[name]),
  );
}

const typeWords = (type: keyof typeof NEWS_TYPE_WORDS) => quoted(NEWS_TYPE_WORDS[type]);

/** `from 22:00 to 07:00 (Europe/Zurich)` */
export function quietWords({ from, to, timeZone, tellsWaitingOrders }: QuietHours): string {
  const but = tellsWaitingOrders ? ', but for orders that wait' : '';
  return `from ${from} to ${to} (${timeZone})${but}`;
}
