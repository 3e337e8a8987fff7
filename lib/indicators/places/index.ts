/** Where values stand in a message, and how each place is read. Yields findings; judges nothing. */
export { readHtml, type HtmlDocument, type HtmlLink } from './html';
export { messageFindings, type ExtractInput } from './message';
export { Search } from './search';
export { hopsOutside, TrustedRelays, type OutsideHop } from './received';
