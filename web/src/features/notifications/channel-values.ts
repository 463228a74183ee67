/** What is entered of a channel, whatever kind it is of. */
import type { Channel, NewChannel, QuietHours } from '@ibkr-gateway/functions/contract/news/channels';
import { ALL_NEWS_TYPES } from '../../format/news-types.ts';

export const ALL_CONNECTIONS = '';

export interface ChannelValues {
  label: string;
  connectionId: string;
  types: string[];
  hasQuietHours: boolean;
  quietHours: QuietHours;
}

/** What a form begins with: what a channel has, or what most want. */
export function channelValues(channel?: Channel): ChannelValues {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    label: channel?.label ?? '',
    connectionId: channel?.connectionId ?? ALL_CONNECTIONS,
    types: channel?.types ?? ALL_NEWS_TYPES,
    hasQuietHours: (channel?.quietHours ?? null) !== null,
    quietHours: channel?.quietHours ?? { from: '22:00', to: '07:00', timeZone, tellsWaitingOrders: true },
  };
}

/** As the API takes it. */
export function channelSettings(values: ChannelValues) {
  const { label, connectionId, types, hasQuietHours, quietHours } = values;
  return {
    label,
    connectionId: connectionId === ALL_CONNECTIONS ? null : connectionId,
    // All means those of tomorrow, too.
    types: ALL_NEWS_TYPES.every((type) => types.includes(type))
      ? null
      : ALL_NEWS_TYPES.filter((type) => types.includes(type)),
    quietHours: hasQuietHours ? quietHours : null,
  } satisfies Partial<NewChannel>;
}

export const channelFaults = {
  label: (text: string) => (text.trim() === '' ? 'Give it a name.' : null),
  types: (types: string[]) => (types.length === 0 ? 'Choose what it is told of.' : null),
  quietHours: {
    from: (time: string, { hasQuietHours }: ChannelValues) =>
      hasQuietHours && time === '' ? 'Enter when they begin.' : null,
    to: (time: string, { hasQuietHours, quietHours }: ChannelValues) => {
      if (!hasQuietHours) return null;
      if (time === '') return 'Enter when they end.';
      return time === quietHours.from ? 'They have to end at another time.' : null;
    },
  },
};
