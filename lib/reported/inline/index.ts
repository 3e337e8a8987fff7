// Messages that mail programs forward within a text, in the languages that they write.
export { headDate } from './date';
export { readForward, type Forward } from './forward';
export { forwardedHtml } from './html';
