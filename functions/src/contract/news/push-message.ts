/** What a browser's service worker is told of news. */
export interface PushMessage {
  /** Of the news: shown once, however often it is told. */
  id: string;
  title: string;
  body: string;
  /** The page that it leads to. */
  path: string;
  /** An order waits for a yes or a no. */
  isWaiting: boolean;
  /** How many orders of this person wait, for the icon of the app; null: leave it as it is. */
  waitingOrders: number | null;
}
