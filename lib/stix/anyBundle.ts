/** A STIX object of any origin. */
export type AnyStixObject = {
	type: string;
	id: string;
	[property: string]: unknown;
};

/** A STIX bundle of any origin. What this pack writes fits it, as does any other tool's JSON. */
export type AnyBundle = {
	type: string;
	id?: string | undefined;
	objects?: AnyStixObject[] | undefined;
};
