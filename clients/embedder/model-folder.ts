import path from 'node:path';

/**
 * Where a model's files are: EMBEDDING_MODEL_DIR for the configured one. The live index may still be of another; its folder lies
 * beside, named as the model.
 */
export function modelFolder(
  {
    EMBEDDING_MODEL_DIR: folder,
    EMBEDDING_MODEL: configured,
  }: { EMBEDDING_MODEL_DIR?: string | undefined; EMBEDDING_MODEL: string },
  model = configured,
): string {
  if (folder === undefined) return path.join('.tools', 'model', model);
  return model === configured ? folder : path.join(path.dirname(folder), model);
}
