import { claimedContext } from '@pixelrnn/layers/plan';
import { draw } from './draw.js';
import { forReader } from './forReader.js';
import { modelNamed, openModel } from './openModels.js';
import type { Answers, Asked, Drawing, Kind, Question, Reply } from './protocol.js';
import { probabilities, weigh } from './weigh.js';

// All that computes: the page never waits for it.
const unwanted = new Set<number>();

async function answer(
  question: Question,
  tell: (drawing: Drawing) => void,
  wanted: () => boolean,
): Promise<Answers[Kind] | null> {
  switch (question.kind) {
    case 'open': {
      const { plan } = await openModel(question.model, question.base64, question.crc32);
      return { pixels: plan.height * plan.width };
    }
    case 'draw':
      return draw(question, tell, wanted);
    case 'context': {
      const { row, column } = question;
      return claimedContext(modelNamed(question.model).plan, { row, column, color: 0 });
    }
    case 'probabilities':
      return probabilities(question.model, question.image, question.classIndex);
    case 'weigh':
      return weigh(question.model, question.image, question.classIndex);
  }
}

const reply = (message: Reply) => self.postMessage(message);

self.onmessage = async ({ data: { id, question } }: MessageEvent<Asked>) => {
  if (!question) {
    unwanted.add(id);
    return;
  }
  try {
    const tell = (drawing: Drawing) => reply({ id, state: 'progress', drawing });
    const result = await answer(question, tell, () => !unwanted.has(id));
    if (result !== null) reply({ id, state: 'done', answer: result });
  } catch (error) {
    reply({ id, state: 'failed', message: forReader(error) });
  } finally {
    unwanted.delete(id);
  }
};
