import { instant, isEmpty, megabytes, SettingError, wholeNumber } from '../../lib/settings';
import { NodeRedError } from './errors';
import type { FlowMessage, FlowNode, NodeConfig, Runtime } from './runtime';

/*
 * What the editor stored of a node, and what a typed input gives for a message. Somebody may write a flow by hand, and a message may hold
 * anything: what is not what it has to be is an error that names the field as the form does.
 */

/** A choice of a list. Empty is the first of them. @throws SettingError `SETTING_INVALID` */
export function choiceOf<const Choices extends readonly [string, ...string[]]>(
	label: string,
	value: unknown,
	choices: Choices,
): Choices[number] {
	if (isEmpty(value)) return choices[0];
	const found = choices.find((choice) => choice === value);
	if (found !== undefined) return found;
	throw new SettingError(label, `'${label}' is not one of its options`, {
		hint: `Open the node and select a value, or write one of ${choices.join(', ')} into the flow.`,
	});
}

/** Several of a list, their names with commas between them; `none` is none of them, empty the usual ones. @throws SettingError `SETTING_INVALID` */
export function choicesOf<Choice extends string>(
	label: string,
	value: unknown,
	choices: readonly Choice[],
	usual: readonly Choice[],
): readonly Choice[] {
	if (isEmpty(value)) return usual;
	const names = plainList(label, value);
	if (names.length === 1 && names[0] === 'none') return [];
	return names.map((name) => choiceOf(label, name, choices as readonly [Choice, ...Choice[]]));
}

/** A whole number, empty its default. @throws SettingError `SETTING_INVALID` */
export const numberOf = <Otherwise>(
	label: string,
	value: unknown,
	range: { least: number; most: number; otherwise: Otherwise },
): number | Otherwise => wholeNumber(label, value, range);

/** Bytes of megabytes. @throws SettingError `SETTING_INVALID` */
export const megabytesOf = (
	label: string,
	value: unknown,
	range: { least: number; most: number; otherwise: number },
): number => megabytes(label, isEmpty(value) ? range.otherwise : value, { ...range, otherwise: undefined }) ?? 0;

/** The same where an empty field says nothing. @throws SettingError `SETTING_INVALID` */
export const optionalMegabytes = (
	label: string,
	value: unknown,
	range: { least: number; most: number },
): number | undefined => megabytes(label, value, { ...range, otherwise: undefined });

/** A text without blanks around it; whatever is none is empty. For what is checked elsewhere, and for what people see. */
export const textOf = (value: unknown): string =>
	typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';

/** The text of a field. @throws SettingError `SETTING_INVALID` for what is no text */
export function plainText(label: string, value: unknown): string {
	if (isEmpty(value)) return '';
	if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return textOf(value);
	throw new SettingError(label, `'${label}' is not a text`, { hint: 'Open the node and enter it again.' });
}

/** The list of a field: words with commas between them, or a list. @throws SettingError `SETTING_INVALID` */
export const plainList = (label: string, value: unknown): string[] => {
	// Within a list a comma is part of a word.
	const words = Array.isArray(value) ? (value as unknown[]) : plainText(label, value).split(',');
	return words.map((word) => plainText(label, word)).filter((word) => word !== '');
};

/** A switch: off unless it was turned on. @throws SettingError `SETTING_INVALID` for what is neither */
export function isOn(label: string, value: unknown, otherwise = false): boolean {
	if (isEmpty(value)) return otherwise;
	if (value === true || value === 'true') return true;
	if (value === false || value === 'false') return false;
	throw new SettingError(label, `'${label}' is neither on nor off`, {
		hint: 'Open the node and tick it, or write true or false into the flow.',
	});
}

/** The fields of a node that say what a message, the context or the environment gives, for one message. */
export class Fields {
	readonly #RED: Runtime;
	readonly #node: FlowNode;
	readonly #config: NodeConfig;
	readonly #message: FlowMessage;

	constructor(RED: Runtime, node: FlowNode, config: NodeConfig, message: FlowMessage) {
		this.#RED = RED;
		this.#node = node;
		this.#config = config;
		this.#message = message;
	}

	/**
	 * Whatever the field gives; undefined when it is empty, or refers to nothing.
	 *
	 * @throws NodeRedError `NODE_RED_INPUT` when what it refers to cannot be read
	 */
	async raw(name: string, label: string): Promise<unknown> {
		const value = this.#config[name];
		const type = plainText(label, this.#config[`${name}Type`]) || 'str';
		if (type === 'str' || isEmpty(value)) return isEmpty(value) ? undefined : value;
		const path = plainText(label, value);
		return await new Promise((resolve, reject) => {
			const fail = (cause: unknown) =>
				reject(
					new NodeRedError('NODE_RED_INPUT', `'${label}' cannot be read from ${type}.${path}`, {
						cause,
						hint: 'Check what the field refers to.',
					}),
				);
			try {
				this.#RED.util.evaluateNodeProperty(path, type, this.#node, this.#message, (error, given) =>
					error ? fail(error) : resolve(given),
				);
			} catch (error) {
				fail(error);
			}
		});
	}

	/** True where the field takes its value from elsewhere. */
	#refers(name: string): boolean {
		const type = textOf(this.#config[`${name}Type`]) || 'str';
		return type !== 'str' && !isEmpty(this.#config[name]);
	}

	/**
	 * The same, where what it refers to must be there: left out in silence, it would change what the node does.
	 *
	 * @throws NodeRedError `NODE_RED_INPUT`
	 */
	async #given(name: string, label: string): Promise<unknown> {
		const value = await this.raw(name, label);
		if (this.#refers(name) && (value === undefined || value === null)) throw givesNothing(label);
		return value;
	}

	/** A text without blanks around it; empty where the field is. @throws NodeRedError `NODE_RED_INPUT` */
	async text(name: string, label: string): Promise<string> {
		return asText(label, await this.#given(name, label));
	}

	/** The same where nothing can be done without it. */
	async filledText(name: string, label: string): Promise<string> {
		const text = await this.text(name, label);
		if (text !== '') return text;
		throw this.#refers(name) ? givesNothing(label) : isEmptyField(label);
	}

	/** A condition: empty where the field is. One that is to come from elsewhere, and does not, would widen what is searched to everything. */
	async condition(name: string, label: string): Promise<string> {
		if (isEmpty(this.#config[name])) return '';
		return await this.filledText(name, label);
	}

	/** Words with commas between them, or a list of words. @throws NodeRedError `NODE_RED_INPUT` */
	async list(name: string, label: string): Promise<string[]> {
		const value = await this.#given(name, label);
		if (!Array.isArray(value)) {
			return asText(label, value)
				.split(',')
				.map((word) => word.trim())
				.filter((word) => word !== '');
		}
		return (value as unknown[]).map((word) => asText(label, word)).filter((word) => word !== '');
	}

	/** A choice; empty is the first. @throws SettingError `SETTING_INVALID`; NodeRedError `NODE_RED_INPUT` */
	async choice<const Choices extends readonly [string, ...string[]]>(
		name: string,
		label: string,
		choices: Choices,
	): Promise<Choices[number]> {
		return choiceOf(label, await this.#given(name, label), choices);
	}

	/** A point in time; undefined where the field is empty. @throws SettingError `SETTING_INVALID`; NodeRedError `NODE_RED_INPUT` */
	async time(name: string, label: string): Promise<Date | undefined> {
		const value = await this.#given(name, label);
		if (this.#refers(name) && isEmpty(value)) throw givesNothing(label);
		return instant(label, value, { otherwise: undefined });
	}

	/** An object or a list, or JSON of one; undefined where the field is empty. @throws NodeRedError `NODE_RED_INPUT` */
	async json(name: string, label: string): Promise<object | undefined> {
		const value = await this.#given(name, label);
		if (isEmpty(value)) return undefined;
		if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) return value;
		const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
		if (typeof text === 'string') {
			try {
				const read = JSON.parse(text) as unknown;
				if (typeof read === 'object' && read !== null) return read;
			} catch {
				// The error below says so.
			}
		}
		throw new NodeRedError('NODE_RED_INPUT', `'${label}' gives neither an object nor a list`, {
			hint: 'Choose a property that holds one, or enter JSON.',
		});
	}
}

function asText(label: string, value: unknown): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return textOf(value);
	throw new NodeRedError('NODE_RED_INPUT', `'${label}' gives neither a text nor a list of texts`, {
		hint: 'Check what the field refers to.',
	});
}

const givesNothing = (label: string): NodeRedError =>
	new NodeRedError('NODE_RED_INPUT', `'${label}' gives nothing`, {
		hint: 'Nothing was done, because the field would count as not set. Check what it refers to; for messages without it, let an earlier node set it to an empty text or list.',
	});

const isEmptyField = (label: string): SettingError =>
	new SettingError(label, `'${label}' is empty`, { hint: 'Open the node and fill it in.' });
