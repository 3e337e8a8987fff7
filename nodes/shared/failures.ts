import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { EmailIntelError } from '../../lib/errors';
import { FAILURE_LIMITS } from '../../lib/limits';
import { isRecord } from '../../lib/json';
import { isRemote, type toNodeError } from './errors';

type NodeError = ReturnType<typeof toNodeError>;

/** Codes of servers that speak of one item: its values, its message, its object. The next item may be fine. */
const OF_ONE_ITEM: ReadonlySet<string> = new Set([
	'ESA_NOT_FOUND',
	'ESA_QUERY_REFUSED',
	'HTTP_ANSWER_TOO_LARGE',
	'M365_QUERY_REFUSED',
	'MAILBOX_MESSAGE_MISSING',
	'OPENCTI_DATE_MISSING',
	'OPENCTI_INPUT',
	'OPENCTI_REFERENCE_MISSING',
	'OPENCTI_RESTRICTED',
	'OPENCTI_TOO_LARGE',
	'OPENCTI_VALIDATION',
]);

/** The items of an execution that failed. All others are done: the node ends as failed behind the last one. */
export class ItemFailures {
	readonly #failed: { itemIndex: number; error: NodeError; code: string | undefined }[] = [];
	readonly #total: number;

	constructor(total: number) {
		this.#total = total;
	}

	get none(): boolean {
		return this.#failed.length === 0;
	}

	/** @param thrown What the operation threw; `error` is what n8n is told of it. */
	add(itemIndex: number, thrown: unknown, error: NodeError): void {
		const code = thrown instanceof EmailIntelError && isRemote(thrown) ? thrown.code : undefined;
		this.#failed.push({ itemIndex, error, code: code !== undefined && OF_ONE_ITEM.has(code) ? undefined : code });
	}

	/** In the order of the items, whichever ended first. */
	sort(): void {
		this.#failed.sort((one, other) => one.itemIndex - other.itemIndex);
	}

	/**
	 * Whether the first items, all of them, met the same trouble of the server: the next ones would meet it, too, and each of them
	 * would wait for it.
	 */
	get areTheServers(): boolean {
		const [first, ...others] = this.#failed;
		if (first?.code === undefined || others.length + 1 !== FAILURE_LIMITS.firstItems) return false;
		return this.#failed.every(({ itemIndex, code }, at) => itemIndex === at && code === first.code);
	}

	/** What n8n is told: one failure of one item as it is, of several items which ones failed, why, and what was made. */
	error(context: IExecuteFunctions, output: readonly INodeExecutionData[]): NodeError {
		const first = this.#failed[0]!;
		if (this.#total === 1) return first.error;
		const tried = this.areTheServers ? this.#failed.length : this.#total;
		const { maxNamedItems } = FAILURE_LIMITS;
		const count = `${this.#failed.length} of ${this.#total} items failed`;
		const description = [
			...this.#failed.slice(0, maxNamedItems).map(lineOf),
			...more(this.#failed.length, maxNamedItems),
			...(tried < this.#total
				? [
						`The ${this.#total - tried} others were not tried: the first ${tried} failed for the same cause, which is not theirs.`,
					]
				: []),
			...made(output),
		];
		const error = new NodeOperationError(
			context.getNode(),
			`${count}: item ${first.itemIndex}: ${clip(first.error.message)}`,
			{ itemIndex: first.itemIndex, description: description.join('\n') },
		);
		error.cause = first.error;
		return error;
	}
}

function lineOf({ itemIndex, error: { message, description } }: { itemIndex: number; error: NodeError }): string {
	return `Item ${itemIndex}: ${clip(message)}${description ? ` ${clip(description)}` : ''}`;
}

/** What the node made of the other items: names and addresses, where it is something that has these. */
function made(output: readonly INodeExecutionData[]): string[] {
	const { maxNamedItems } = FAILURE_LIMITS;
	const things = output.flatMap(({ json }) => thingIn(json) ?? []);
	if (things.length === 0) return ["n8n's Retry runs the node again on the same items."];
	return [
		'Done:',
		...things.slice(0, maxNamedItems),
		...more(things.length, maxNamedItems),
		"n8n's Retry completes it: what is there already is found, and not made again.",
	];
}

function thingIn({ report, case: incidentCase, incident }: IDataObject): string | undefined {
	const thing = [incident, incidentCase].find(isRecord) ?? report;
	if (!isRecord(thing) || typeof thing.url !== 'string') return undefined;
	return `${clip(typeof thing.name === 'string' ? thing.name : '')} ${thing.url}`.trim();
}

const more = (all: number, named: number): string[] => (all > named ? [`… and ${all - named} more`] : []);

function clip(text: string): string {
	const { maxCharacters } = FAILURE_LIMITS;
	return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}
