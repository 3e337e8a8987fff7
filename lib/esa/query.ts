import type { HuntGroup, HuntWindow } from '../hunt';
import { minuteAfter, minuteOf } from './minutes';

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
	group: HuntGroup | undefined;
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
export function queryText(parameters: readonly Parameter[], window: string): string {
	let text = '';
	for (const parameter of parameters) text += `${parameterText(parameter)}&`;
	return text + window;
}

/** `startDate=…&endDate=…` */
export const windowText = ({ start, stop }: HuntWindow): string =>
	`startDate=${minuteOf(start)}&endDate=${minuteAfter(stop)}`;

export function parameterText({ name, value, operator }: Parameter): string {
	return operator === undefined ? `${name}=${value}` : `${operator}&${name}=${value}`;
}

/**
 * The queries of parameters that all have to hold: one, or one for each event and for each second value of a parameter.
 *
 * Parameters that the appliance ANDs stand in one query. Events, which it ORs, never meet in one query: each has its own, and
 * what all of them find is meant.
 */
export function queriesOf(chosen: readonly Parameter[]): Parameter[][] {
	/** The first value of each column that is ANDed, by name: places in `chosen`. */
	const basics = new Map<string, number>();
	/** Events by their group or themselves; further values of a basic column. */
	const separate: number[][] = [];
	const groups = new Map<HuntGroup, number[]>();
	chosen.forEach((parameter, place) => {
		if (parameter.group !== undefined) {
			const members = groups.get(parameter.group);
			if (members !== undefined) {
				members.push(place);
				return;
			}
			const own = [place];
			groups.set(parameter.group, own);
			separate.push(own);
			return;
		}
		const before = basics.get(parameter.name);
		if (parameter.event) separate.push([place]);
		else if (before === undefined) basics.set(parameter.name, place);
		else if (!asksTheSame(parameter, chosen[before]!)) separate.push([place]);
	});
	const inOrder = (places: number[]): Parameter[] => places.sort((a, b) => a - b).map((place) => chosen[place]!);
	const all = inOrder([...basics.values()]);
	if (separate.length === 0) return [all];
	const queries = separate.map((own) => {
		const names = new Set(own.map((place) => chosen[place]!.name));
		return inOrder([...own, ...[...basics].flatMap(([name, place]) => (names.has(name) ? [] : [place]))]);
	});
	// A second value takes the place of the first in its query: the first has to be asked somewhere, too.
	const [first] = separate;
	const name = chosen[first![0]!]!.name;
	const isAsked = !basics.has(name) || separate.some((own) => chosen[own[0]!]!.name !== name);
	return isAsked ? queries : [all, ...queries];
}

const asksTheSame = (a: Parameter, b: Parameter): boolean => a.value === b.value && a.operator === b.operator;
