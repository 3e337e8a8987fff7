/** A platform that a suite runs against: a live one, or the lab. Nothing of the pack is used to look at it. */
export interface Target {
	url: string;
	token: string;
	/** `about.version`. */
	version: string;
	/** Told apart from earlier runs on the same platform: part of every name and value. */
	run: string;
}

export interface GraphQlAnswer<T> {
	data?: T;
	errors?: { message: string; extensions?: { code?: string; data?: Record<string, unknown> } }[];
}

/** One request, as anybody would write it; errors are part of the answer. */
export async function ask<T = Record<string, never>>(
	{ url, token }: Pick<Target, 'url' | 'token'>,
	query: string,
	variables: object = {},
	headers: Record<string, string> = {},
): Promise<GraphQlAnswer<T>> {
	const response = await fetch(`${url}/graphql`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
		body: JSON.stringify({ query, variables }),
	});
	return (await response.json()) as GraphQlAnswer<T>;
}

/** The data of an answer without errors. */
export async function read<T>(target: Target, query: string, variables: object = {}, headers = {}): Promise<T> {
	const { data, errors } = await ask<T>(target, query, variables, headers);
	if (errors !== undefined || data === undefined) throw new Error(`${query.slice(0, 80)}: ${JSON.stringify(errors)}`);
	return data;
}

/** The first error of an answer that must have one. */
export async function refused(
	target: Target,
	query: string,
	variables: object = {},
	headers = {},
): Promise<{ message: string; code: string | undefined; docCode: unknown }> {
	const { errors } = await ask(target, query, variables, headers);
	const [error] = errors ?? [];
	if (error === undefined) throw new Error(`Not refused: ${query.slice(0, 80)}`);
	return { message: error.message, code: error.extensions?.code, docCode: error.extensions?.data?.['doc_code'] };
}

/** `files` as multipart of graphql-multipart-request, for `variables.file`. */
export async function upload<T>(
	{ url, token }: Target,
	query: string,
	variables: object,
	file: { name: string; type: string; bytes: Buffer },
): Promise<T> {
	const form = new FormData();
	form.set('operations', JSON.stringify({ query, variables: { ...variables, file: null } }));
	form.set('map', JSON.stringify({ 0: ['variables.file'] }));
	form.set('0', new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
	const headers = { authorization: `Bearer ${token}` };
	const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
	const { data, errors } = (await response.json()) as GraphQlAnswer<T>;
	if (errors !== undefined || data === undefined) throw new Error(JSON.stringify(errors));
	return data;
}

/** The bytes of a stored file. */
export async function download({ url, token }: Target, id: string): Promise<Buffer> {
	const path = id.split('/').map(encodeURIComponent).join('/');
	const response = await fetch(`${url}/storage/get/${path}`, { headers: { authorization: `Bearer ${token}` } });
	if (!response.ok) throw new Error(`${id}: HTTP ${response.status}`);
	return Buffer.from(await response.arrayBuffer());
}

/** Of the versions that matter: whether this one is at least as new. */
export function atLeast(version: string, wanted: string): boolean {
	const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
	const at = want!.findIndex((part, index) => part !== (have![index] ?? 0));
	return at < 0 || (have![at] ?? 0) > want![at]!;
}

/** Waits for what the platform does later: a queue, an index. At most two minutes. */
export async function eventually<T>(work: () => Promise<T | undefined>, most = 120_000): Promise<T> {
	const end = Date.now() + most;
	for (let wait = 20; ; wait = Math.min(2 * wait, 2_000)) {
		const found = await work();
		if (found !== undefined) return found;
		if (Date.now() > end) throw new Error('It did not happen in time');
		await new Promise((resolve) => setTimeout(resolve, wait));
	}
}

/** What an observable refers to: the name of the reference and the id of the other one, in order. */
export async function referencesOf(target: Target, id: string): Promise<string[]> {
	const { stixNestedRefRelationships } = await read<{
		stixNestedRefRelationships: { edges: { node: { relationship_type: string; to: { id: string } } }[] };
	}>(
		target,
		`query N($id: StixRef) { stixNestedRefRelationships(fromId: $id, first: 100) { edges { node {
			relationship_type to { ... on StixCyberObservable { id } } } } } }`,
		{ id },
	);
	return stixNestedRefRelationships.edges.map(({ node }) => `${node.relationship_type} ${node.to.id}`).sort();
}
