import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import { sendsInClearText } from '../../lib/address';
import { textOf } from './text';

/** The sentence for a credential whose URL begins with http://, or undefined when nothing of it can be read on the way. */
export function clearTextWarning({ url }: ICredentialDataDecryptedObject, secret: string): string | undefined {
	if (!sendsInClearText(textOf(url))) return undefined;
	return `The URL begins with http://, so the ${secret} is sent in clear text. Use https:// if the server supports it.`;
}

/** Says it in the output pane: n8n shows nothing of a credential test that succeeds. */
export function warnOfClearText(
	context: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	secret: string,
): void {
	const message = clearTextWarning(credential, secret);
	if (message !== undefined) context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
}
