/** The model's graphs on their device. */
import { WhisperForConditionalGeneration } from '@xenova/transformers';
import { hasCudaProvider } from './device.ts';
import { choosePrecisions, modelError, withoutFolder } from './model-files.ts';
import type { Device, SpeechOptions } from './types.ts';

/** `auto` takes the GPU when ONNX Runtime can use one. Errors: `SPEECH_UNAVAILABLE`. */
export async function openModel({ modelDir, device, deviceIndex }: SpeechOptions) {
  const open = async (on: Device) => {
    const provider = on === 'cuda' ? { name: 'cuda', deviceId: deviceIndex } : { name: 'cpu' };
    return WhisperForConditionalGeneration.from_pretrained(modelDir, {
      local_files_only: true,
      device: on,
      dtype: await choosePrecisions(modelDir, on),
      session_options: { executionProviders: [provider], logSeverityLevel: 4 },
    });
  };
  const cuda = hasCudaProvider();
  const noCuda = (why: string, cause?: unknown) =>
    modelError(`CUDA device ${deviceIndex}: ${why}`, { device: 'cuda', deviceIndex }, cause);
  if (device === 'cuda' && !cuda) throw noCuda('this installation of onnxruntime-node has no CUDA provider');
  if (device !== 'cpu' && cuda) {
    try {
      return { model: await open('cuda'), device: 'cuda' as const };
    } catch (cause) {
      if (device === 'cuda') throw noCuda('ONNX Runtime cannot start it', cause);
    }
  }
  try {
    return { model: await open('cpu'), device: 'cpu' as const };
  } catch (cause) {
    throw modelError(withoutFolder(messageOf(cause), modelDir), {}, cause);
  }
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
