import type { OpenCtiDocument } from '../documents';
import type { OpenCtiTransport, UploadFile } from './transport';

/** A transport and the draft workspace that its calls work in. */
export class Session {
	constructor(
		readonly transport: OpenCtiTransport,
		/** '' is live data; undefined leaves it to the user's settings. */
		readonly draftId: string | undefined,
	) {}

	get baseUrl(): string {
		return this.transport.baseUrl;
	}

	call<V, D>(document: OpenCtiDocument<V, D>, variables: V, file?: UploadFile): Promise<D> {
		return this.transport.call(document, variables, {
			...(file === undefined ? {} : { file }),
			...(this.draftId === undefined ? {} : { draftId: this.draftId }),
		});
	}
}
