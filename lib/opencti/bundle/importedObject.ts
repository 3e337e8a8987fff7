import { plainText } from '../../json';
import { OPENCTI_LIMITS } from '../../limits';
import type { AnyStixObject } from '../../stix';
import { readExistingOfTypes, type Failure, type Platform } from '../platform';

/** What became of one object of a bundle. */
export interface ImportedObject {
	stixId: string;
	type: string;
	/** What people call it: its value, its name, the subject of a message. */
	name?: string;
	/** Internal id on the platform. */
	id?: string;
	standardId?: string;
	/** Its page on the platform. */
	url?: string;
	/**
	 * - `imported`: made, or found and left as it is (`existed`).
	 * - `incomplete`: it is there, but not all that belongs to it: see `error`.
	 * - `left-out`: the platform can have no such object: see `reason`. Nothing is missing for that.
	 * - `unsupported`: the API takes no such object by itself.
	 * - `dangling`: what it refers to is not on the platform.
	 * - `failed`: see `error`. It has an `id` when it was made otherwise than asked.
	 */
	status: 'imported' | 'incomplete' | 'left-out' | 'unsupported' | 'dangling' | 'failed';
	/** It was there before: its values, markings and confidence stay what they are. */
	existed?: true;
	/** It was there before, and was written, because the caller asked for that. */
	updated?: true;
	reason?: string;
	error?: Failure;
}

/** Whether nothing that was asked for is missing. */
export const isWhole = ({ status }: ImportedObject) => status === 'imported' || status === 'left-out';

/** The result with what a person knows an object by, and where to see it. */
export function named(
	result: ImportedObject,
	object: AnyStixObject | undefined,
	{ baseUrl }: Platform,
): ImportedObject {
	const { stixId, type, id, standardId, ...rest } = result;
	const name = ['value', 'name', 'subject', 'number', 'pattern'].map((key) => nameIn(object?.[key])).find(Boolean);
	return {
		stixId,
		type,
		...(name === undefined ? {} : { name }),
		...(id === undefined ? {} : { id, url: `${baseUrl}/dashboard/id/${id}` }),
		...(standardId === undefined ? {} : { standardId }),
		...rest,
	};
}

function nameIn(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value.slice(0, OPENCTI_LIMITS.maxObjectNameCharacters) : undefined;
}

/** What is told of an object with values of an odd form, over which the code stumbled. */
export const notValid = (object: { id: string; type: string } | undefined): Failure => ({
	code: 'OPENCTI_INPUT',
	message: `${plainText(object?.id).slice(0, 100)} is not a valid object of type ${plainText(object?.type).slice(0, 50)}`,
	hint: 'Compare its properties with the STIX 2.1 specification.',
});

/** Objects that are given by ids of the platform or of STIX: those that the user may see. */
export async function readExistingObjects(platform: Platform, ids: readonly string[]): Promise<ImportedObject[]> {
	if (ids.length === 0) return [];
	const found = await readExistingOfTypes(
		platform,
		ids.map((id) => ({ type: typeOf(id), id })),
	);
	return ids.map((stixId): ImportedObject => {
		const node = found.get(stixId);
		if (node === undefined) return { stixId, type: typeOf(stixId), status: 'dangling' };
		const { id, standard_id: standardId } = node;
		const type = typeOf(standardId);
		return named({ stixId, type, id, standardId, status: 'imported', existed: true }, undefined, platform);
	});
}

const typeOf = (id: string) => id.slice(0, Math.max(0, id.indexOf('--')));
