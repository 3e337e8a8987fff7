import type { Indicator } from '../indicators';
import { isRecord } from '../json';
import type { Json } from './item';

/** True for an item that is one indicator, as extraction makes them. */
export const isIndicatorItem = (json: Json): boolean => typeof json.type === 'string' && typeof json.value === 'string';

/** What extraction adds to an indicator so that an item of it can stand alone is taken off. */
export function asIndicator(json: Json): Indicator {
	const { message: _m, display: _d, pattern: _p, leftOut: _l, warnings: _w, complete: _c, ...indicator } = json;
	return indicator as unknown as Indicator;
}

/** Messages that indicators are of are told apart by the id of their mailbox, else by all that the items say of them. */
export function nameOfMessage(message: unknown): string {
	if (!isRecord(message)) return '';
	return typeof message.id === 'string' ? message.id : JSON.stringify(message);
}
