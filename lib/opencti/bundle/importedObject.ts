import type { Failure } from '../platform';

/** What became of one object of a bundle. */
export interface ImportedObject {
	stixId: string;
	type: string;
	/** Internal id on the platform. */
	id?: string;
	standardId?: string;
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
	reason?: string;
	error?: Failure;
}

/** Whether nothing that was asked for is missing. */
export const isWhole = ({ status }: ImportedObject) => status === 'imported' || status === 'left-out';

/** What is told of an object with values of an odd form, over which the code stumbled. */
export const notValid = (object: { id: string; type: string } | undefined): Failure => ({
	code: 'OPENCTI_INPUT',
	message: `${String(object?.id).slice(0, 100)} is not a valid object of type ${String(object?.type).slice(0, 50)}`,
	hint: 'Compare its properties with the STIX 2.1 specification.',
});
