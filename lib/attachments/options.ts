/** What is opened. Every field is optional. */
export interface OpenOptions {
	/** PDF. Default true. */
	pdf?: boolean | undefined;
	/** Documents of Office, older ones and RTF included. Default true. */
	office?: boolean | undefined;
	/** QR and other codes: in pictures, in the bodies, on pages of PDF and in Office documents. Default true. */
	codes?: boolean | undefined;
	/** Zip files. Default true. */
	zip?: boolean | undefined;
	/** Other archives and disk images: gz and tar; 7z, rar, iso and others where the library `7z-wasm` is installed. Default false. */
	otherArchives?: boolean | undefined;
	/** Messages that lie in files, and were not read with the message itself. Default true. */
	messages?: boolean | undefined;
	/** Try words of the message on files that need a password. Default true. */
	passwords?: boolean | undefined;
	/** Passwords that are tried first, such as those that everybody uses for samples. Default none. */
	words?: readonly string[] | undefined;
	/** Ends the work; the promise is rejected with the reason. */
	signal?: AbortSignal | undefined;
}

/** Options with every default filled in. */
export interface Wanted {
	pdf: boolean;
	office: boolean;
	codes: boolean;
	zip: boolean;
	otherArchives: boolean;
	messages: boolean;
	passwords: boolean;
	words: readonly string[];
	signal: AbortSignal | undefined;
}

export function wantedOf(options: OpenOptions): Wanted {
	const { pdf, office, codes, zip, otherArchives, messages, passwords, words, signal } = options;
	return {
		pdf: pdf ?? true,
		office: office ?? true,
		codes: codes ?? true,
		zip: zip ?? true,
		otherArchives: otherArchives ?? false,
		messages: messages ?? true,
		passwords: passwords ?? true,
		words: words ?? [],
		signal,
	};
}
