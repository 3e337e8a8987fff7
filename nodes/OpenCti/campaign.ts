import type { IExecuteFunctions } from 'n8n-workflow';
import { campaignFrom, campaignKeys, type CampaignKeys } from '../../lib/campaign';
import { extractIndicatorsAsync } from '../../lib/indicators';
import { withoutReporterIndicators } from '../../lib/reported';
import { readAnalysed } from '../shared/analysis';

/** The campaign of an item's message. */
export interface ItemCampaign {
	keys: CampaignKeys;
	/** Of the message that the keys are of. */
	messageId?: string | undefined;
}

/** The keys of the item's message: those that Email to STIX found, else what the message itself shows. */
export async function campaignOf(context: IExecuteFunctions, itemIndex: number): Promise<ItemCampaign> {
	const { json } = context.getInputData()[itemIndex]!;
	const known = campaignFrom(json.campaign);
	if (known !== undefined) {
		return { keys: known, messageId: typeof json.messageId === 'string' ? json.messageId : undefined };
	}
	const { analysed, reporters } = await readAnalysed(context, itemIndex, 'automatic');
	const { email } = analysed;
	const signal = context.getExecutionCancelSignal?.();
	const found = await extractIndicatorsAsync(email, { signal });
	return { keys: campaignKeys(email, withoutReporterIndicators(found, reporters)), messageId: email.messageId };
}
