// The networks that are quantized, and what they are fed: paths below the folders of models and
// data, and how the data is prepared (as DatasetOptions of the package).
const PICTURES = ['imagenet', 'images'];
const UNIT = { range: [0, 1], resize: 'crop' };
const SIGNED = { range: [-1, 1], resize: 'crop' };
const PIXELS = { range: [0, 255], resize: 'crop' };

export const MODELS = [
  { name: 'mobilenet_v1_0.25_224_float', data: PICTURES, options: SIGNED },
  {
    name: 'resnet8_cifar10_float',
    cifar: 'cifar10/cifar10_test_500.bin',
    options: PIXELS,
    calibrate: 100,
  },
  { name: 'vww_96_float', data: PICTURES, options: UNIT },
  {
    name: 'mnist_conv_float',
    data: ['mnist/t10k_0-4999-images-idx3-ubyte.gz'],
    labels: 'mnist/t10k_0-4999-labels-idx1-ubyte.gz',
    options: UNIT,
    calibrate: 200,
    evaluate: 2000,
  },
  { name: 'toycar_ad_float', frames: 'toycar/normal_id_01_00000000_hist_librosa.bin' },
  { name: 'blazeface_front_float', data: PICTURES, options: SIGNED },
  { name: 'blazeface_short_range_fp16', data: PICTURES, options: SIGNED },
  { name: 'face_landmark_float', data: PICTURES, options: UNIT },
  { name: 'face_landmark_fp16', data: PICTURES, options: UNIT },
  { name: 'palm_detection_full_fp16', data: PICTURES, options: UNIT },
  { name: 'hand_landmark_lite_fp16', data: PICTURES, options: UNIT },
  { name: 'pose_landmark_lite_fp16', data: PICTURES, options: UNIT },
  { name: 'selfie_segmentation_fp16', data: PICTURES, options: UNIT },
  { name: 'meet_segm_128_float', data: PICTURES, options: UNIT },
  { name: 'meet_segm_128_fp16', data: PICTURES, options: UNIT },
  { name: 'deeplabv3_257_float', data: PICTURES, options: SIGNED },
  { name: 'style_transfer_fp16', random: 8 },
  { name: 'espcn_x2_fp16', random: 8 },
  { name: 'yolox_nano_float', data: PICTURES, options: PIXELS, calibrate: 8, evaluate: 4 },
  { name: 'dtln_1_float', random: 24 },
  { name: 'soundstream_encoder_float', random: 24 },
  { name: 'basic_pitch_nmp_float', random: 4 },
  { name: 'conformer_float', random: 6 },
  { name: 'movie_review_float', random: 24 },
  { name: 'recommendation_rnn_float', random: 24 },
  { name: 'mnist_lstm_float', mnistRows: true },
  { name: 'hand_keypoint_classifier_float', keypoints: 'keypoints/keypoint.csv' },
  { name: 'hello_world_float', random: 100 },
];
