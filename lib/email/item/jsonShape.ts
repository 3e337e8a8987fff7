import { isRecord } from '../../json';
import { EMAIL_LIMITS } from '../../limits';
import { EmailError } from '../errors';
import type { Notice, Warnings } from '../warnings';

/** What was left out while a JSON value was read, and how deep its messages may lie inside of each other. */
export interface ShapeContext {
	warnings: Warnings;
	maxHeaderBytes: number;
	maxParts: number;
	/** Attached messages that may still be opened inside of this one, and in all. */
	depth: number;
	messages: { left: number };
}

/**
 * Reads a JSON value as what it should be. `field` is its path, for the error.
 *
 * @throws EmailError `EMAIL_INPUT` on another shape
 */
export type Shape<T> = (value: unknown, field: string, context: ShapeContext) => T;

function refuse(field: string, what: string): never {
	const where = field === '' ? 'it' : `its field "${field}"`;
	throw new EmailError('EMAIL_INPUT', `The item looks like a message of this pack, but ${where} is not ${what}`, {
		hint: 'Pass on the item unchanged from the mailbox node, or put the raw message into binary data or into the field `raw`.',
	});
}

/** Absent where the value is missing or null. */
export const optional =
	<T>(shape: Shape<T>): Shape<T | undefined> =>
	(value, field, context) =>
		value === undefined || value === null ? undefined : shape(value, field, context);

export const orElse =
	<T>(shape: Shape<T>, fallback: () => T): Shape<T> =>
	(value, field, context) =>
		value === undefined || value === null ? fallback() : shape(value, field, context);

/** A text of the header: above its limit cut. */
export const text: Shape<string> = (value, field, context) =>
	cut(value, field, context.maxHeaderBytes, 'header-too-large', context);

/** A body: above its limit cut. */
export const body: Shape<string> = (value, field, context) =>
	cut(value, field, EMAIL_LIMITS.maxTextBytes, 'text-too-large', context);

function cut(value: unknown, field: string, max: number, notice: Notice, { warnings }: ShapeContext): string {
	if (typeof value !== 'string') refuse(field, 'a text');
	if (value.length <= max) return value;
	warnings.notice(notice);
	return cutText(value, max);
}

export const count: Shape<number> = (value, field) =>
	Number.isSafeInteger(value) && (value as number) >= 0
		? (value as number)
		: refuse(field, 'a whole number of 0 or more');

export const decimal: Shape<number> = (value, field) =>
	typeof value === 'number' && Number.isFinite(value) ? value : refuse(field, 'a number');

export const flag: Shape<boolean> = (value, field) =>
	typeof value === 'boolean' ? value : refuse(field, 'true or false');

export const oneOf =
	<T extends string>(...words: readonly T[]): Shape<T> =>
	(value, field) =>
		words.find((word) => word === value) ?? refuse(field, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);

/** A digest in hex, or the empty text of what has no bytes. */
export const digest =
	(bytes: number): Shape<string> =>
	(value, field) =>
		typeof value === 'string' && (value.length === bytes * 2 || value === '') && !/[^\da-f]/i.test(value)
			? value
			: refuse(field, `a hash of ${bytes} bytes in hex`);

/** A list: above `max` cut. */
export const list =
	<T>(shape: Shape<T>, max: number | ((context: ShapeContext) => number), notice: Notice): Shape<T[]> =>
	(value, field, context) => {
		if (!Array.isArray(value)) refuse(field, 'a list');
		const limit = typeof max === 'number' ? max : max(context);
		if (value.length > limit) context.warnings.notice(notice);
		// Array.from does not pass over holes.
		return Array.from(value.slice(0, limit), (one, i) => shape(one, `${field}[${i}]`, context));
	};

/** An object with these fields; others in it are left out. */
export const record =
	<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> =>
	(value, field, context) => {
		if (!isRecord(value)) refuse(field, 'an object');
		const result: Partial<T> = {};
		for (const key of Object.keys(fields) as (keyof T & string)[]) {
			const read = fields[key](
				Object.hasOwn(value, key) ? value[key] : undefined,
				field === '' ? key : `${field}.${key}`,
				context,
			);
			if (read !== undefined) result[key] = read;
		}
		return result as T;
	};

/** The first `max` UTF-16 code units of a text, without the half of a character. */
export function cutText(text: string, max: number): string {
	return text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}
