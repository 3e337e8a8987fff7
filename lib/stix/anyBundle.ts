/** A STIX object of any origin. */
export interface AnyStixObject {
	type: string;
	id: string;
	[property: string]: unknown;
}

/** A STIX bundle of any origin. */
export interface AnyBundle {
	type: string;
	id?: string;
	objects?: AnyStixObject[];
}
