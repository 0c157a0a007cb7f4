#pragma once

#include <memory>

#include "base/byte_stream.h"
#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Writes a model as a .tflite file: file identifier TFL3, constant data aligned to 16 bytes from
// the start of the file, and, at its end, what followed the flatbuffer in the model's own file
// (Model::tail). Reading the result gives the model back.
//
// The model is validated first (ValidateModel). Also refused: kUnsupportedModel for a model with
// parts that our schema does not know (Model::unknown_parts), which would be lost, and for 2 GB and
// more; kInvalidArgument for options that do not fit their table; kOutOfMemory.
Result<ByteVector> WriteModel(const Model& model);

// The same for a model that a file stores otherwise than it is used: `model` is validated, `stored`
// is written. WriteLutModel has such a form.
Result<ByteVector> WriteStoredForm(const Model& model, const Model& stored);

// The same for a model whose data may be remote: a file that is made as it is read, so that neither
// it nor the model need be in memory. Remote data lies behind the flatbuffer's tables, in the order
// of the buffers; read in order, the file reads each of them once, from its beginning to its end.
// The content is that of WriteModel's file, in another order.
Result<std::shared_ptr<const ByteSource>> LayOutModel(const Model& model);

}  // namespace octolite
