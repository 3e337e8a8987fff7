import type { HuntWindow } from './window';
import type { Group } from './fields';

/** One parameter of a query, its value encoded. */
export interface Parameter {
	name: string;
	/** As it is sent: percent-encoded, the comma between list values raw. */
	value: string;
	/** Parameter and value of the operator, for text columns. */
	operator: string | undefined;
	/** Events in one query are ORed by the appliance; all else is ANDed. */
	event: boolean;
	/** Whether several values can stand in it, separated by commas. */
	list: boolean;
	group: Group | undefined;
}

/**
 * A value as it stands in the query. Everything but letters, digits and `- . _ ~ @ : /` is percent-encoded: a space is `%20`,
 * because AsyncOS reads `+` as a plus. Undefined when it has half a surrogate pair and therefore no encoding.
 */
export function encodeValue(value: string): string | undefined {
	if (PLAIN.test(value)) return value;
	try {
		return encodeURIComponent(value).replace(
			/%40|%3A|%2F|[!'()*]/g,
			(found) => DECODED[found] ?? `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
		);
	} catch {
		return undefined;
	}
}

const PLAIN = /^[\w.~@:/-]*$/;
const DECODED: Readonly<Record<string, string>> = { '%40': '@', '%3A': ':', '%2F': '/' };

/** `a=b&c=d…&startDate=…&endDate=…` */
export function queryText(parameters: readonly Parameter[], window: HuntWindow): string {
	let text = '';
	for (const parameter of parameters) text += `${parameterText(parameter)}&`;
	return `${text}startDate=${window.startDate}&endDate=${window.endDate}`;
}

export function parameterText({ name, value, operator }: Parameter): string {
	return operator === undefined ? `${name}=${value}` : `${operator}&${name}=${value}`;
}
