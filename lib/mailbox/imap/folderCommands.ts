import type { ImapFlow } from 'imapflow';

/** What imapflow keeps to itself of SELECT, EXAMINE and SEARCH. */
export interface FolderCommands {
	/** What the last search was refused with. */
	readonly refusal: unknown;
	/** UIDVALIDITY of the folder opened last, in decimal digits; `0` where the server tells none. */
	readonly uidValidity: string;
	/** Opens a folder without a LIST before it, by the name that LIST gave where one is given. */
	opened<T>(path: string, listed: string | undefined, open: () => Promise<T>): Promise<T>;
}

/** UIDVALIDITY has ten digits at most (RFC 9051 section 9). Dynadot sends twenty (roundcube#9437), of which imapflow makes none. */
const DIGITS = /^0*([1-9]\d{0,39})$/;

type Exec = (command: string, attributes?: unknown[], options?: { untagged?: Untagged }) => Promise<unknown>;
type Untagged = Record<string, ((untagged: Answer) => Promise<unknown>) | undefined>;
interface Answer {
	attributes?: Array<{ value?: unknown; section?: Array<{ value?: unknown } | null> }>;
}

/** Listens to the commands that open and search folders. */
export function watchFolderCommands(client: ImapFlow): FolderCommands {
	const flow = client as unknown as { exec: Exec; folders: Map<string, object> };
	const exec = flow.exec.bind(client);
	let uidValidity = '0';
	let refusal: unknown;
	let listedName: string | undefined;
	flow.exec = (command, attributes, options) => {
		if (command.endsWith('SEARCH')) {
			const answer = exec(command, attributes, options);
			answer.catch((error: unknown) => (refusal = error));
			return answer;
		}
		if (command !== 'SELECT' && command !== 'EXAMINE') return exec(command, attributes, options);
		uidValidity = '0';
		const name = listedName === undefined ? [] : [{ type: 'STRING', value: listedName }];
		const { OK } = options?.untagged ?? {};
		return exec(command, [...name, ...(attributes ?? []).slice(name.length)], {
			...options,
			untagged: {
				...options?.untagged,
				OK: async (answer) => {
					uidValidity = uidValidityIn(answer) ?? uidValidity;
					await OK?.(answer);
				},
			},
		});
	};
	return {
		get uidValidity() {
			return uidValidity;
		},
		get refusal() {
			return refusal;
		},
		async opened(path, listed, open) {
			// imapflow asks LIST for folders that it does not know, and needs nothing of it.
			const name = path.toUpperCase() === 'INBOX' ? 'INBOX' : path;
			if (!flow.folders.has(name)) flow.folders.set(name, { path: name });
			listedName = listed;
			try {
				return await open();
			} finally {
				listedName = undefined;
			}
		},
	};
}

function uidValidityIn({ attributes }: Answer): string | undefined {
	const [code, value] = attributes?.[0]?.section ?? [];
	if (typeof code?.value !== 'string' || code.value.toUpperCase() !== 'UIDVALIDITY') return undefined;
	return typeof value?.value === 'string' ? DIGITS.exec(value.value)?.[1] : undefined;
}
